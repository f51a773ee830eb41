import { EngineError } from '../engine.mts';

/** One argument, or a group of arguments that is left out when the job lacks one of its parameters. */
export type ArgumentTemplate = string | readonly string[];

/** The value of `{name}`; undefined when the job has none. */
export type Placeholders = (name: string) => string | undefined;

const placeholder = /\{([A-Za-z_][\w.-]*)\}/g;

export const placeholdersOf = (template: string): string[] =>
	[...template.matchAll(placeholder)].map(([, name = '']) => name);

/**
 * Fills a command's arguments. Each template gives one argument whatever is in the values: there is no shell, and nothing is
 * split. A parameter that the job lacks leaves its group out; outside of a group it is empty.
 */
export const fillArguments = (
	templates: readonly ArgumentTemplate[],
	valueOf: Placeholders,
): string[] =>
	templates.flatMap((template) => {
		if (typeof template === 'string') return [fill(template, valueOf)];
		const complete = template.every((part) =>
			placeholdersOf(part).every((name) => valueOf(name) !== undefined),
		);
		return complete ? template.map((part) => fill(part, valueOf)) : [];
	});

/** In one pass, so that braces in a value are never read as a placeholder. */
export const fill = (template: string, valueOf: Placeholders): string =>
	template.replace(placeholder, (_all, name: string) => valueOf(name) ?? '');

/** A text as it is, anything else as JSON, which never begins with a dash or an at sign but for a negative number. */
export const plainText = (value: unknown): string =>
	typeof value === 'string' ? value : JSON.stringify(value);

/**
 * A parameter as (part of) an argument. A text that begins with a dash would be read as an option, so that it gets a blank in
 * front. One that begins with an at sign is the name of a file to many programs (curl, and ImageMagick even after blanks), so
 * that the sign becomes the full-width one.
 * @throws EngineError (final) for a text that no program can be given
 */
export function argumentOf(name: string, value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	const text = plainText(value);
	if (typeof value !== 'string') return text;
	if (text.includes('\0')) throw new EngineError(`'${name}' contains a null character`, 'final');
	return text.replace(/^(\s*)@/, '$1＠').replace(/^-/, ' -');
}
