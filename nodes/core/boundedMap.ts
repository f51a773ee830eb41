/** A map of at most `maxSize` entries: setting a key makes it the newest, and the oldest key is dropped. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
	constructor(private readonly maxSize: number) {
		super();
	}

	override set(key: Key, value: Value): this {
		this.delete(key);
		super.set(key, value);
		if (this.size > this.maxSize) {
			for (const oldest of this.keys()) {
				this.delete(oldest);
				break;
			}
		}
		return this;
	}

	/** The value of a key, created when it is missing. Either way the key becomes the newest. */
	getOrCreate(key: Key, create: () => Value): Value {
		const value = this.get(key) ?? create();
		this.set(key, value);
		return value;
	}
}
