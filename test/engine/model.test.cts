import { startEmulator, type Emulator } from '../emulator/server.cjs';
import { endEngine, execute, startEngine } from './harness/engine.cjs';

let emulator: Emulator;
const credential = () => ({ apiKey: 'engine-key', baseUrl: emulator.baseUrl });
const fast = { pollIntervalSeconds: 0.25 };

beforeAll(async () => {
	emulator = await startEmulator({ settings: { queueMs: 0, workMs: 0 } });
	await startEngine('filesystem');
});
beforeEach(() => emulator.state.reset());
afterAll(async () => {
	await emulator.close();
	endEngine();
});

test('a text comes out, in the simple form', async () => {
	const { items, error } = await execute({
		credential: credential(),
		parameters: {
			resource: 'model',
			operation: 'generateText',
			model: 'llama2-7b-chat',
			prompt: 'Say hello',
			parameters: { max_length: 64, temp: 0.5 },
			options: fast,
		},
	});
	expect(error).toBeUndefined();
	expect(items).toEqual([
		{
			json: {
				process_id: expect.any(String),
				model: 'llama2-7b-chat',
				status: 'COMPLETED',
				text: expect.stringContaining('emulated'),
				credit_used: expect.any(Number),
			},
			pairedItem: { item: 0 },
		},
	]);
});
