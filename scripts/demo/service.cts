import { startEmulator } from '../../test/emulator/server.cjs';

/** The MonsterAPI that the workflows talk to. */
export interface Service {
	baseUrl: string;
	apiKey: string;
	/** Whether it is the emulator: its results are known to the byte, and cost nothing. */
	emulated: boolean;
	close(): Promise<void>;
}

const HOSTED_URL = 'https://api.monsterapi.ai/v1';

/** The hosted service when MONSTERAPI_KEY is set, else an emulator in this process. */
export async function openService(): Promise<Service> {
	const apiKey = process.env.MONSTERAPI_KEY;
	if (apiKey) {
		const baseUrl = process.env.MONSTERAPI_BASE_URL || HOSTED_URL;
		return { baseUrl, apiKey, emulated: false, close: async () => undefined };
	}
	const emulator = await startEmulator();
	return {
		baseUrl: emulator.baseUrl,
		apiKey: 'demo-key',
		emulated: true,
		close: () => emulator.close(),
	};
}
