import { pattern } from '../../../emulator/files/result-file.cjs';
import type { FileFault } from '../../../emulator/settings.cjs';
import { finish, sha256, startSession, type Session } from './session.cjs';

let session: Session;
let link: string;
beforeEach(async () => {
	session = await startSession();
	link = (await finish(session, 'txt2img', { prompt: 'A hill' })).result.output[0];
});
afterEach(() => session.emulator.close());

const get = (url = link) => session.open.get<Buffer>(url, { responseType: 'arraybuffer' });

it('needs no key and refuses one, as the storage of the service does', async () => {
	expect((await get()).status).toBe(200);
	const answer = await session.api.get(link);
	expect(answer.status).toBe(400);
	expect(answer.data).toContain('<Code>InvalidArgument</Code>');
});

it('has nothing under other names, and nothing before the job is done', async () => {
	for (const name of ['x.png', link.replace('_0', '_1'), link.replace('.png', '.wav')]) {
		expect((await get(new URL(name, `${session.emulator.origin}/files/`).href)).status).toBe(404);
	}
	session.clock.now -= 60_000;
	expect((await get()).status).toBe(404);
});

it('makes files of the wanted size', async () => {
	session.emulator.state.settings.resultBytes = 300_001;
	const { data, headers } = await get();
	expect(headers['content-length']).toBe('300001');
	expect(sha256(data)).toBe(sha256(Buffer.concat([...pattern(300_001)])));
	session.emulator.state.settings.resultBytes = 0;
	expect((await get()).data.length).toBe(0);
});

const meet = (fileFault: FileFault, fileFaultCount: number) =>
	Object.assign(session.emulator.state.settings, { fileFault, fileFaultCount });

it.each(['403', '404', '500'] as const)('answers %s as often as it was told to', async (fault) => {
	meet(fault, 2);
	const statuses = [await get(), await get(), await get()].map(({ status }) => status);
	expect(statuses).toEqual([Number(fault), Number(fault), 200]);
});

it('answers empty', async () => {
	meet('empty', 1);
	const { status, data } = await get();
	expect([status, data.length]).toEqual([200, 0]);
	expect((await get()).data.length).toBeGreaterThan(0);
});

it.each([null, 5_000_000])('breaks off (%s bytes)', async (resultBytes) => {
	session.emulator.state.settings.resultBytes = resultBytes;
	meet('truncate', 1);
	await expect(get()).rejects.toThrow();
	expect((await get()).status).toBe(200);
});

it('redirects to the file', async () => {
	meet('redirect', 1);
	const { data } = await get();
	expect(sha256(data)).toBe(sha256((await get()).data));
	expect(session.emulator.state.requests.filter(({ status }) => status === 302)).toHaveLength(1);
});
