import { sharedCredential, type SharedCredentialContext } from '../../../nodes/host/credential';

/** A trigger whose credential read resolves when the test says so. */
function trigger({ workflow = 'w', credential = 'c' } = {}) {
	const reads: { end(data: object): void; fail(error: Error): void }[] = [];
	const context: SharedCredentialContext = {
		getCredentials: async <T extends object>() =>
			await new Promise<T>((resolve, reject) => {
				reads.push({ end: (data) => resolve(data as T), fail: reject });
			}),
		getNode: () => ({
			id: 'n',
			name: 'Trigger',
			type: 'monsterApiTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
			credentials: { monsterApi: { id: credential, name: 'Mine' } },
		}),
		getWorkflow: () => ({ id: workflow, name: 'W', active: true }),
	};
	return { context, reads };
}

const data = (apiKey: string) => ({ apiKey, baseUrl: 'https://api.test/v1/' });
const credential = (apiKey: string) => ({
	apiKey,
	baseUrl: 'https://api.test/v1',
	secrets: [apiKey, apiKey],
});

test('concurrent callers share a read, later ones read again', async () => {
	const { context, reads } = trigger();
	const first = [1, 2, 3].map(async () => await sharedCredential(context));
	expect(reads).toHaveLength(1);
	reads[0]?.end(data('old'));
	expect(await Promise.all(first)).toEqual([1, 2, 3].map(() => credential('old')));
	const later = sharedCredential(context);
	expect(reads).toHaveLength(2);
	reads[1]?.end(data('new'));
	expect(await later).toEqual(credential('new'));
});

test('a failed read fails for all that share it, and for no later caller', async () => {
	const { context, reads } = trigger();
	const first = [1, 2].map(async () => await sharedCredential(context));
	reads[0]?.fail(new Error('The encryption key does not fit'));
	for (const one of first) await expect(one).rejects.toThrow('The encryption key');
	const later = sharedCredential(context);
	reads[1]?.end(data('key'));
	expect(await later).toEqual(credential('key'));
});

test('workflows and credentials are read separately', async () => {
	const triggers = [trigger(), trigger({ workflow: 'v' }), trigger({ credential: 'd' })];
	const under = triggers.map(async ({ context }) => await sharedCredential(context));
	triggers.forEach(({ reads }, index) => reads[0]?.end(data(`key-${index}`)));
	expect(await Promise.all(under)).toEqual([0, 1, 2].map((index) => credential(`key-${index}`)));
});

test('a read that hangs does not block callers after five seconds', async () => {
	const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
	const { context, reads } = trigger();
	const stuck = sharedCredential(context);
	now.mockReturnValue(5_999);
	const shares = sharedCredential(context);
	expect(reads).toHaveLength(1);
	now.mockReturnValue(6_000);
	const later = sharedCredential(context);
	reads[1]?.end(data('key'));
	expect(await later).toEqual(credential('key'));
	reads[0]?.end(data('late'));
	expect(await Promise.all([stuck, shares])).toEqual([credential('late'), credential('late')]);
	now.mockRestore();
});
