import { setImmediate } from 'node:timers/promises';

interface Entry<Item, Result> {
	readonly item: Item;
	readonly resolve: (result: Result) => void;
	readonly reject: (error: unknown) => void;
}

/** Bounds the size of a statement. */
const maxItems = 100;

/**
 * Does together what is asked for while the last one is under way: to plan and run a statement for many rows costs little more
 * than for one. A single item waits for nothing.
 */
export class Batch<Item, Result> {
	readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
	#waiting: Entry<Item, Result>[] = [];
	#running = false;

	/** `run` does all or nothing, and gives a result for each item, in order. */
	constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>) {
		this.#run = run;
	}

	async add(item: Item): Promise<Result> {
		return await new Promise((resolve, reject) => {
			this.#waiting.push({ item, resolve, reject });
			if (!this.#running) void this.#work();
		});
	}

	async #work(): Promise<void> {
		this.#running = true;
		while (this.#waiting.length > 0) {
			// The embedded store works within a turn of the event loop: what others ask for comes in between.
			await setImmediate();
			await this.#together(this.#waiting.splice(0, maxItems));
		}
		this.#running = false;
	}

	async #together(entries: readonly Entry<Item, Result>[]): Promise<void> {
		try {
			const results = await this.#run(entries.map(({ item }) => item));
			for (const [index, result] of results.entries()) entries[index]?.resolve(result);
		} catch (error) {
			if (entries.length === 1) return entries[0]?.reject(error);
			// One that cannot be done does not take the others with it.
			for (const entry of entries) await this.#together([entry]);
		}
	}
}
