import { startEmulator, type Emulator } from '../../emulator/server.cjs';

/** The MonsterAPI that the workflows talk to. */
export interface Service {
	baseUrl: string;
	apiKey: string;
	/** Whether it is the emulator: its results are known to the byte, and cost nothing. */
	emulated: boolean;
	emulator?: Emulator;
	/** Whether it can call back: the emulator can, the hosted service needs a public address. */
	callsBack: boolean;
	/** Settings that n8n needs for that. */
	n8nEnv: NodeJS.ProcessEnv;
	close(): Promise<void>;
}

const HOSTED_URL = 'https://api.monsterapi.ai/v1';

/** The hosted service when MONSTERAPI_KEY is set, else an emulator in this process. */
export async function openService(): Promise<Service> {
	const apiKey = process.env.MONSTERAPI_KEY;
	if (apiKey) {
		const baseUrl = process.env.MONSTERAPI_BASE_URL || HOSTED_URL;
		const { WEBHOOK_URL } = process.env;
		return {
			baseUrl,
			apiKey,
			emulated: false,
			callsBack: Boolean(WEBHOOK_URL),
			n8nEnv: WEBHOOK_URL ? { WEBHOOK_URL } : {},
			close: async () => undefined,
		};
	}
	// Every callback comes twice, at once: each may start its workflow only once.
	const emulator = await startEmulator({ settings: { callbackRepeat: 2 } });
	return {
		baseUrl: emulator.baseUrl,
		apiKey: 'demo-key',
		emulated: true,
		emulator,
		callsBack: true,
		n8nEnv: {},
		close: () => emulator.close(),
	};
}
