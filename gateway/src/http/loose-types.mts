import type { BodyRules } from './contract.mts';

/**
 * Brings a body to the types of the contract: the official clients send every value as text,
 * booleans as `True`, and what is not set as `None` (contract/README.md, `x-loose-types`). What fits
 * no rule stays as it is.
 */
export function normaliseBody(
	body: Readonly<Record<string, unknown>>,
	rules: Pick<BodyRules, 'types' | 'required'>,
): Record<string, unknown> {
	const entries = Object.entries(body)
		.filter(([name, value]) => rules.required.includes(name) || !isUnset(value))
		.map(([name, value]) => [name, convert(value, rules.types[name])] as const);
	return Object.fromEntries(entries);
}

function isUnset(value: unknown): boolean {
	return value === null || (typeof value === 'string' && /^(none)?$/i.test(value.trim()));
}

function convert(value: unknown, type: string | undefined): unknown {
	if (type === 'string') {
		return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
	}
	if (typeof value !== 'string') return value;
	const text = value.trim();
	if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
	const isNumber = type === 'integer' || type === 'number';
	if (isNumber && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
	return value;
}
