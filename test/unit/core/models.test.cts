import { listModels, offeredModels } from '../../../nodes/core/api/models';
import { modelsByFamily, models, type Family } from '../../../nodes/core/catalogue/index';
import { merge, unknownModel, variantsByName } from '../../../nodes/core/catalogue/unknownModel';
import { checkInputs } from '../../../nodes/core/catalogue/validate';
import type { HttpResult } from '../../../nodes/core/host';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const families = Object.keys(modelsByFamily) as Family[];

const ask = async (answer: HttpResult) => {
	const host = virtualHost(() => answer);
	const outcome: unknown = await host.run(
		listModels(clientOf(host)).catch((error: unknown) => error),
	);
	return { outcome, requests: host.requests, endedAt: host.now() };
};

describe('the server’s list of models', () => {
	test('is asked for once, and read', async () => {
		const { outcome, requests } = await ask(
			json(200, {
				object: 'list',
				data: [
					{ id: 'qwen3:4b', object: 'model', family: 'text', label: ' Qwen 3 ' },
					{ id: 'no-label', family: 'image' },
					{ id: 'of-openai', object: 'model', owned_by: 'me' },
					{ id: 'odd-family', family: '__proto__', label: 'x'.repeat(500) },
				],
			}),
		);
		expect(outcome).toEqual([
			{ id: 'qwen3:4b', label: 'Qwen 3', family: 'text' },
			{ id: 'no-label', label: 'no-label', family: 'image' },
			{ id: 'of-openai', label: 'of-openai' },
			{ id: 'odd-family', label: 'x'.repeat(100) },
		]);
		expect(requests.map(({ request }) => [request.method, request.url, request.timeoutMs])).toEqual(
			[['GET', expect.stringMatching(/\/v1\/models$/), 5_000]],
		);
	});

	test('loses what is no model, and has an end', async () => {
		const odd = [7, null, 'x', [], {}, { id: 7 }, { id: '' }, { id: '../status' }, { id: 'a b' }];
		expect(await ask(json(200, { data: odd }))).toMatchObject({ outcome: [] });
		const many = Array.from({ length: 5_000 }, (_, index) => ({ id: `model-${index}` }));
		const { outcome } = await ask(json(200, { data: many }));
		expect(outcome).toHaveLength(1_000);
	});

	test.each([
		['a 404', json(404, { message: 'Not found' })],
		['a 401', json(401, {})],
		['a 429', json(429, {})],
		['a 500', json(500, {})],
		['a page', json(200, '<html>')],
		['a list without data', json(200, [])],
		['other data', json(200, { data: {} })],
		['no connection', { kind: 'networkError', code: 'ECONNREFUSED', transient: true } as never],
	])('is given up on %s within its five seconds', async (_name, answer) => {
		const { outcome, endedAt } = await ask(answer);
		expect(outcome).toBeInstanceOf(Error);
		expect(endedAt).toBeLessThanOrEqual(5_000);
	});
});

describe('the offered models', () => {
	const ids = (family: Family | undefined, ...served: Parameters<typeof offeredModels>[1]) =>
		offeredModels(family, served).map(({ id }) => id);

	test('are the catalogue’s by label, if the server names none', () => {
		expect(ids('image')).toEqual(['sdxl-base', 'txt2img']);
		expect(ids(undefined)).toHaveLength(models.length);
	});

	test('are extended by the server’s models of the family, each once', () => {
		const mine = { id: 'mine', label: 'Mine', family: 'text' } as const;
		expect(ids('text', mine, mine)).toEqual([...ids('text'), 'mine'].sort(byLabel(mine)));
		expect(ids('image', mine)).toEqual(ids('image'));
		expect(ids('image', { id: 'any', label: 'Any' })).toEqual(ids('image'));
		expect(ids(undefined, { id: 'any', label: 'Any' })).toContain('any');
	});

	test('stay as the catalogue has them, whatever the server says', () => {
		const other = { id: 'sdxl-base', label: 'Mine', family: 'text' } as const;
		expect(offeredModels('image', [other])).toEqual(offeredModels('image', []));
		expect(ids('text', other)).not.toContain('sdxl-base');
	});
});

/** The order of labels, with one more model than the catalogue's. */
function byLabel(added: { id: string; label: string }) {
	const labelOf = (id: string) => [...models, added].find((model) => model.id === id)?.label ?? id;
	return (left: string, right: string) => labelOf(left).localeCompare(labelOf(right), 'en');
}

describe('a model that the catalogue does not know', () => {
	test.each(families)('has all parameters of the family %s', (family) => {
		const names = modelsByFamily[family].flatMap(({ parameters }) => Object.keys(parameters));
		const { parameters } = unknownModel(family, 'mine');
		expect(Object.keys(parameters).sort()).toEqual([...new Set(names)].sort());
	});

	test('takes any value of the right type, and no other', () => {
		const check = (family: Family, values: object) =>
			checkInputs(unknownModel(family, 'mine'), { ...values });
		expect(check('image', { steps: 4, style: 'my-style', samples: '9' }).inputs).toEqual({
			steps: 4,
			style: 'my-style',
			samples: 9,
		});
		// A whole number for one model, any number for another.
		expect(check('imageEdit', { strength: 0.5 }).inputs).toEqual({ strength: 0.5 });
		expect(check('speech', { sample_rate: 48_000 }).problems).toEqual([]);
		expect(check('image', { steps: 4.5 }).problems).toEqual([
			"'Steps' (steps) must be a whole number, but is '4.5'",
		]);
		expect(check('image', { seed: 'x', safe_filter: 'perhaps' }).problems).toHaveLength(2);
		expect(check('text', { style: 'anime' }).leftOut).toEqual(['style']);
	});

	test.each<[Family, object | undefined]>([
		['text', undefined],
		['image', undefined],
		['imageEdit', { parameter: 'init_image_url', extensions: [] }],
		['transcription', { parameter: 'file', extensions: [] }],
		['speech', { parameter: 'file', extensions: [], enabledBy: 'voice_clone' }],
	])('of the family %s takes its file in any format', (family, file) => {
		const model = unknownModel(family, 'mine');
		expect(model.file === undefined ? undefined : { ...model.file }).toEqual(
			file === undefined ? undefined : expect.objectContaining(file),
		);
		expect(model.promptRequired).toBe(family !== 'transcription');
	});

	test.each(families)('is offered no range, and each value of the family %s once', (family) => {
		for (const [name, variants] of variantsByName(modelsByFamily[family])) {
			const parameter = merge(variants);
			expect(parameter).not.toHaveProperty('min');
			expect(parameter).not.toHaveProperty('max');
			// One input in the form has one type.
			const types = new Set(variants.map(({ type }) => (type === 'integer' ? 'number' : type)));
			expect([name, types.size]).toEqual([name, 1]);
			const values = parameter.type === 'enum' ? parameter.values.map(({ value }) => value) : [];
			expect(new Set(values).size).toBe(values.length);
		}
		expect(
			merge(variantsByName(modelsByFamily.transcription).get('transcription_format') as never),
		).toMatchObject({ values: { length: 4 } });
	});
});
