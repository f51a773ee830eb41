import type { Locator } from 'playwright-core';

/** Opens a drop-down of the editor. @returns its list, which is elsewhere in the document */
async function opened(box: Locator): Promise<Locator> {
	await box.click();
	const list = box.page().locator(`[id="${await box.getAttribute('aria-controls')}"]`);
	await list.getByRole('option').first().waitFor();
	return list;
}

/** The labels of a list, without descriptions. */
async function labelsOf(list: Locator): Promise<string[]> {
	const texts = await list.getByRole('option').allInnerTexts();
	return texts.map((text) => text.split('\n')[0]?.trim() ?? '');
}

/** The labels that a drop-down offers. */
export async function offered(box: Locator): Promise<string[]> {
	const list = await opened(box);
	const labels = await labelsOf(list);
	await box.click();
	await list.waitFor({ state: 'hidden' });
	return labels;
}

/** Selects an entry. @returns the labels of all entries */
export async function choose(box: Locator, label: string): Promise<string[]> {
	const list = await opened(box);
	const labels = await labelsOf(list);
	const exactly = box.page().getByText(label, { exact: true });
	await list.getByRole('option').filter({ has: exactly }).click();
	await list.waitFor({ state: 'hidden' });
	return labels;
}
