import { watchContract } from '../../support/engine/contract-watch.cjs';

const request = (path: string, body: object) => ({
	method: 'POST',
	path,
	authorization: true,
	contentType: 'application/json',
	body: Buffer.from(JSON.stringify(body)),
});

const wrong = request('/v1/generate/txt2img', { prompt: 'A hill', steps: 1 });
const right = request('/v1/generate/txt2img', { prompt: 'A hill', steps: 30 });

test('a request that breaks the contract is reported', async () => {
	const contract = watchContract();
	contract.observe(right);
	expect(await contract.unexpected()).toEqual([]);
	contract.observe(wrong);
	const violation = 'POST /v1/generate/txt2img: steps must be >= 30';
	expect(await contract.unexpected()).toEqual([violation]);
	contract.reset();
	expect(await contract.unexpected()).toEqual([]);
});

test('so is one to a deployed model', async () => {
	const contract = watchContract();
	contract.observe(request('/deployments/some-id/generate', { temperature: 1 }));
	expect(await contract.unexpected()).toContain(
		'POST /deployments/some-id/generate: prompt is required',
	);
});

test('a violation may be expected, and then has to happen', async () => {
	const contract = watchContract();
	contract.expectViolations(/steps must be/);
	expect(await contract.unexpected()).toEqual([expect.stringContaining('/steps must be/')]);
	contract.observe(wrong);
	expect(await contract.unexpected()).toEqual([]);
});

test('storage and control are not the API', async () => {
	const contract = watchContract();
	contract.observe(request('/control/reset', {}));
	contract.observe(request('/uploads/id/a.mp3', {}));
	expect(await contract.unexpected()).toEqual([]);
});
