/* Reads JSON of which nothing is known yet: each function answers undefined where the value is not of that type. */

export type JsonObject = { readonly [name: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns undefined for a text that is not JSON */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export const objectAt = (value: unknown, name: string): JsonObject | undefined => {
	const found = isObject(value) ? value[name] : undefined;
	return isObject(found) ? found : undefined;
};

export const arrayAt = (value: unknown, name: string): readonly unknown[] => {
	const found = isObject(value) ? value[name] : undefined;
	return Array.isArray(found) ? found : [];
};

export const stringAt = (value: unknown, name: string): string | undefined => {
	const found = isObject(value) ? value[name] : undefined;
	return typeof found === 'string' ? found : undefined;
};

/** A finite number, or a string that is one: vLLM sends the duration of a recording as a string. */
export const numberAt = (value: unknown, name: string): number | undefined => {
	const found = isObject(value) ? value[name] : undefined;
	if (typeof found === 'number') return Number.isFinite(found) ? found : undefined;
	if (typeof found !== 'string' || found.trim() === '') return undefined;
	const number = Number(found);
	return Number.isFinite(number) ? number : undefined;
};

/** `over` wins; objects are merged, everything else is replaced. */
export function mergeDeep(base: JsonObject, over: JsonObject): JsonObject {
	const merged = new Map(Object.entries(base));
	for (const [name, value] of Object.entries(over)) {
		const present = merged.get(name);
		merged.set(name, isObject(present) && isObject(value) ? mergeDeep(present, value) : value);
	}
	return Object.fromEntries(merged);
}
