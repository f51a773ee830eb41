import type { IDataObject, IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

import type { Settled } from '../../../core/jobs/batch';
import { toNodeError } from '../../../host/errors';

/** More notes of operations than these would hide the output below them. */
const maxNotes = 5;

interface Output {
	readonly json: IDataObject;
}

/**
 * Shows above the output what a user would otherwise have to look for in the items: how many failed and why, what was
 * billed, and what the operations noted.
 * @param outputs of all outcomes, without the fields of the input
 */
export function showHints(
	context: IExecuteFunctions,
	outcomes: ReadonlyArray<Settled<unknown>>,
	outputs: readonly Output[],
	notes: ReadonlySet<string>,
): void {
	const hints = [
		failureHint(context, outcomes),
		creditHint(outputs),
		...[...notes].slice(0, maxNotes).map((message) => toHint(message, 'info')),
	].filter((hint) => hint !== undefined);
	if (hints.length > 0) context.addExecutionHints(...hints);
}

/** n8n shows a hint as HTML, with pictures from any host: what an API says stays text. */
const asText = (message: string): string =>
	message.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const toHint = (message: string, type: 'info' | 'warning'): NodeExecutionHint => ({
	message: asText(message),
	type,
	location: 'outputPane',
});

function failureHint(
	context: IExecuteFunctions,
	outcomes: ReadonlyArray<Settled<unknown>>,
): NodeExecutionHint | undefined {
	const failures = outcomes.filter((outcome) => outcome.kind === 'failed');
	const [first] = failures;
	if (first === undefined || outcomes.length < 2) return undefined;
	const { message } = toNodeError(context.getNode(), first.error);
	return toHint(`${failures.length} of ${outcomes.length} items failed: ${message}`, 'warning');
}

function creditHint(outputs: readonly Output[]): NodeExecutionHint | undefined {
	const credits = outputs.reduce((sum, { json }) => {
		const used = json['credit_used'];
		return typeof used === 'number' && Number.isFinite(used) ? sum + used : sum;
	}, 0);
	if (credits === 0) return undefined;
	// Sums of fractions show their rounding.
	const shown = Number(credits.toPrecision(12)).toLocaleString('en-US');
	return toHint(`${shown} ${credits === 1 ? 'credit' : 'credits'} used`, 'info');
}

/**
 * A moment as 14:35, in UTC if the time zone is unknown to Node.js.
 * @param timeZone such as Europe/Berlin
 */
export function timeOfDay(epochMs: number, timeZone: string): string {
	const format = { hour: '2-digit', minute: '2-digit' } as const;
	const moment = new Date(epochMs);
	try {
		return moment.toLocaleTimeString('en-GB', { ...format, timeZone });
	} catch {
		return `${moment.toLocaleTimeString('en-GB', { ...format, timeZone: 'UTC' })} UTC`;
	}
}
