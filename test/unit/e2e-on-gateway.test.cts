import type { Checks } from '../e2e/checks.cjs';
import { onGateway } from '../e2e/gateway/on-gateway.cjs';

/** Checks that note which ran and which threw. */
function recorder() {
	const ran: string[] = [];
	const failed: string[] = [];
	const checks: Checks = {
		passed: 0,
		failed: 0,
		check: async (name, work) => {
			ran.push(name);
			await work().catch((error: unknown) => failed.push(String(error)));
		},
	};
	return { ran, failed, checks };
}

const steersTheEmulator = 'the deployment';
const section = async (_instance: undefined, { check }: Checks) => {
	for (const name of ['the image', steersTheEmulator]) await check(name, () => Promise.resolve());
};

beforeEach(() => void jest.spyOn(console, 'log').mockReturnValue(undefined));

const runWith = async (left: Record<string, string[]>) => {
	const { ran, failed, checks } = recorder();
	const sections = onGateway({ operations: section }, { operations: left });
	await sections['gateway-operations']?.(undefined, checks);
	return { ran, failed };
};

test('what steers the emulator is left out on the gateway, everything else runs', async () => {
	const { ran, failed } = await runWith({ 'there are no deployments': [steersTheEmulator] });
	expect(ran).toEqual(['the image', 'what is left to the emulator is there']);
	expect(failed).toEqual([]);
});

test('a name that no check has fails', async () => {
	const { failed } = await runWith({ 'makes the API fail': ['the fault'] });
	expect(failed).toEqual([expect.stringContaining("[ 'the fault' ]") as string]);
});
