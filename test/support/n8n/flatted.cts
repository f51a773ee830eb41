/**
 * Decodes n8n's stored execution data: a JSON array in which every object, array and string inside
 * another value stands as the index (a string of digits) of its own entry; entry 0 is the root.
 * Values that occur twice are the same object afterwards, as they were before.
 */
export function decodeFlatted(text: string): unknown {
	const entries: unknown[] = JSON.parse(text);
	const done = new Map<number, unknown>();

	const value = (raw: unknown): unknown => (typeof raw === 'string' ? entry(Number(raw)) : raw);

	function entry(index: number): unknown {
		if (done.has(index)) return done.get(index);
		const raw = entries[index];
		if (typeof raw !== 'object' || raw === null) return raw;
		// Registered before its parts are decoded: they may point back to it.
		const decoded: Record<string, unknown> | unknown[] = Array.isArray(raw) ? [] : {};
		done.set(index, decoded);
		for (const [key, part] of Object.entries(raw)) Reflect.set(decoded, key, value(part));
		return decoded;
	}

	return entry(0);
}
