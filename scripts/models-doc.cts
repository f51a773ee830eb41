/**
 * Writes docs/models.md from the catalogue: `npm run docs`. With `--check` it only compares, and exits with code 1 when
 * the two differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
	modelsByFamily,
	type Family,
	type Model,
	type Parameter,
} from '../nodes/core/catalogue/index';
import {
	customImageParameters,
	generationParameters,
	gpus,
	llmParameters,
} from '../nodes/core/catalogue/deployments';
import { describeDomain } from '../nodes/core/catalogue/validate';

const documentFile = path.resolve(__dirname, '../docs/models.md');

const operations: Readonly<Record<Family, string>> = {
	text: 'Generate Text',
	image: 'Generate Image',
	imageEdit: 'Edit Image',
	transcription: 'Transcribe',
	speech: 'Generate Speech',
};

/** More values than this are counted, with an example, instead of listed. */
const maxListed = 25;

function domain(parameter: Parameter): string {
	if (parameter.type !== 'enum' || parameter.values.length <= maxListed) {
		return describeDomain(parameter);
	}
	const codes = parameter.values.map(({ value }) => value);
	return `one of ${codes.length}: ${codes.slice(0, 3).join(', ')} … ${codes.at(-1) ?? ''}`;
}

const cell = (text: string) => text.replaceAll('|', '\\|');

function table({ parameters }: Pick<Model, 'parameters'>): string[] {
	return [
		'| parameter | field | takes | shown default | what it does |',
		'| --- | --- | --- | --- | --- |',
		...Object.entries(parameters).map(
			([name, parameter]) =>
				`| \`${name}\` | ${parameter.label} | ${cell(domain(parameter))} | ${String(parameter.default ?? '')} | ${cell(parameter.description)} |`,
		),
	];
}

function section(model: Model): string[] {
	const { file } = model;
	return [
		`### ${model.label} (\`${model.id}\`)`,
		'',
		`${model.description}.`,
		'',
		...(model.promptRequired ? ['Needs a `prompt`.', ''] : []),
		...(file === undefined
			? []
			: [
					`File: \`${file.parameter}\` (${file.extensions.join(', ')})${file.enabledBy === undefined ? '' : `, only with \`${file.enabledBy}\``}. ${file.description}.`,
					'',
				]),
		...table(model),
		'',
	];
}

const deploymentTables: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
	'Deploy Language Model': { ...gpus, ...llmParameters },
	'Deploy Custom Image': customImageParameters,
	'Generate With Deployment': generationParameters,
};

/** The whole document as text. */
const modelsMarkdown = (): string =>
	[
		'# Models',
		'',
		'Generated from the catalogue in `nodes/core/catalogue` by `npm run docs`; a test keeps them equal.',
		'',
		'Only parameters that you set are sent. A shown default is what the field starts with when you add it: it is what the vendor’s documentation or clients use, not something the node sends by itself; only Deploy Language Model always sends its GPUs. Ranges are checked before anything is sent. A model that is not here can be chosen by its ID: all parameters of its operation are offered then, and only their types are checked. AI Model > Run takes any model with a body of your own, and the option Extra Body any further parameter.',
		'',
		...Object.entries(modelsByFamily).flatMap(([family, models]) => [
			`## ${operations[family as Family]}`,
			'',
			...models.flatMap(section),
		]),
		'## Deployment',
		'',
		...Object.entries(deploymentTables).flatMap(([title, parameters]) => [
			`### ${title}`,
			'',
			...table({ parameters }),
			'',
		]),
	].join('\n');

if (!process.argv.includes('--check')) writeFileSync(documentFile, modelsMarkdown());
else if (readFileSync(documentFile, 'utf8') !== modelsMarkdown()) {
	console.error('docs/models.md is out of date: run "npm run docs".');
	process.exitCode = 1;
}
