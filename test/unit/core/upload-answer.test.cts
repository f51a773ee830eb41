import { uploadFile } from '../../../nodes/core/files/upload';
import type { HttpResult, SourceFile } from '../../../nodes/core/host';
import { clientOf } from '../../support/fakes/deployment.cjs';
import { json, virtualHost } from '../../support/fakes/virtual-host.cjs';

const link = json(200, {
	upload_url: 'https://storage.test/put?X-Amz-Signature=abc',
	download_url: 'https://storage.test/get',
});
const file: SourceFile = {
	name: 'talk.mp3',
	mimeType: 'audio/mpeg',
	size: 3,
	read: async () => await Promise.resolve(new Uint8Array(3)),
	open: async () => await Promise.resolve(new Uint8Array(3)),
};
const upload = async (answer: HttpResult) => {
	const host = virtualHost(({ method }) => (method === 'PUT' ? answer : link));
	const outcome: unknown = await host.run(
		uploadFile(clientOf(host), file).catch((error: unknown) => error),
	);
	return { outcome, puts: host.requests.filter(({ request }) => request.method === 'PUT').length };
};

test.each([json(200, ''), json(201, ''), json(204, ''), json(200, 'OK'), json(200, { ok: true })])(
	'an upload is confirmed by %j',
	async (answer) => {
		const { outcome, puts } = await upload(answer);
		expect(outcome).toMatchObject({ downloadUrl: 'https://storage.test/get' });
		expect(puts).toBe(1);
	},
);

test.each<[string, HttpResult]>([
	['a page', json(200, '<html>Sign in to this network</html>')],
	['a storage’s error', json(200, '<?xml version="1.0"?><Error><Message>Slow</Message></Error>')],
	['a stated failure', json(200, { status: 'error', message: 'Slow' })],
	['JSON that breaks off', json(200, '{"Key":"tal')],
])('an upload is not confirmed by %s', async (_name, answer) => {
	const { outcome, puts } = await upload(answer);
	expect(outcome).toMatchObject({
		message: 'The file storage did not confirm the upload',
		details: { retryable: true },
	});
	expect(puts).toBe(3);
});
