/**
 * How fast and how cheap the node is beside what one could take instead.
 *
 *     npm run bench                          all of it; about half an hour
 *     npm run bench -- jobs loading          some of it
 *     npm run bench -- --quick               whether all of it works; a minute or two, no figures
 *
 * Writes benchmarks/results/<part>.md and .json. What is asked of the figures is said in sentences, which hold or fail;
 * only wrong results end with code 1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { endWithNpm } from '../test/support/n8n/child-process.cjs';
import { files } from './files/part.cjs';
import { growth } from './growth.cjs';
import { jobs } from './jobs/part.cjs';
import { loading } from './loading/part.cjs';
import type { Outcome, Part } from './part.cjs';
import { list } from './table.cjs';
import { waiting } from './waiting/part.cjs';

const parts: Readonly<Record<string, Part>> = { loading, jobs, growth, files, waiting };
const folder = join(__dirname, 'results');

/** Four digits: enough for every ratio, few enough to be read. */
const rounded = (_key: string, value: unknown): unknown =>
	typeof value === 'number' ? Number(value.toPrecision(4)) : value;

async function save(name: string, text: string): Promise<void> {
	const filepath = join(folder, name);
	const options = await resolveConfig(filepath);
	const known = !name.endsWith('.svg');
	mkdirSync(folder, { recursive: true });
	writeFileSync(filepath, known ? await format(text, { ...options, filepath }) : text);
}

async function write(name: string, { title, intro }: Part, outcome: Outcome): Promise<void> {
	const { verdicts, page, figures, svg } = outcome;
	const picture = svg === undefined ? [] : [`![${title}](${name}.svg)`];
	const text = [
		`# ${title}`,
		`Made by \`npm run bench -- ${name}\`. ${intro}`,
		...picture,
		'## Claims',
		list(verdicts),
		'## Figures',
		page,
	];
	await save(`${name}.md`, `${text.join('\n\n')}\n`);
	await save(`${name}.json`, JSON.stringify(figures, rounded));
	if (svg !== undefined) await save(`${name}.svg`, svg);
}

async function main(): Promise<void> {
	endWithNpm();
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { quick: { type: 'boolean', default: false } },
	});
	const unknown = positionals.filter((name) => !(name in parts));
	if (unknown.length > 0) {
		throw new Error(`No ${unknown.join(', ')}: there are ${Object.keys(parts).join(', ')}`);
	}
	let wrong = 0;
	let right = 0;
	for (const [name, part] of Object.entries(parts)) {
		if (positionals.length > 0 && !positionals.includes(name)) continue;
		console.log(`\n${part.title}`);
		const outcome = await part.run(values.quick);
		const [correct] = outcome.verdicts;
		if (correct?.[1] === true) right += 1;
		else wrong += 1;
		if (values.quick) {
			console.log(list(outcome.verdicts.slice(0, 1)));
			continue;
		}
		console.log(`\n${outcome.page}\n\n${list(outcome.verdicts)}`);
		await write(name, part, outcome);
	}
	if (values.quick) console.log(`\n${right} passed, ${wrong} failed`);
	process.exitCode = wrong === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
