/** Items in order of arrival. Those that are too late are found without searching thousands that are not. */
export class DeadlineQueue<Item extends { readonly deadline: number }> extends Set<Item> {
	/** No item has an earlier deadline. */
	private earliestDeadline = Infinity;

	override add(item: Item): this {
		this.earliestDeadline = Math.min(this.earliestDeadline, item.deadline);
		return super.add(item);
	}

	/** Removes the items whose deadline is before a moment, and returns them. */
	removeDueBefore(moment: number): Item[] {
		if (this.earliestDeadline >= moment) return [];
		this.earliestDeadline = Infinity;
		const due: Item[] = [];
		for (const item of this) {
			if (item.deadline < moment) due.push(item);
			else this.earliestDeadline = Math.min(this.earliestDeadline, item.deadline);
		}
		for (const item of due) this.delete(item);
		return due;
	}
}
