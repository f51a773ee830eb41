import { startEmulator } from '../emulator/server.cjs';
import type { Settings } from '../emulator/settings.cjs';
import { readInput, reportToParent, type EmulatorAddress } from './processes.cjs';

reportToParent(async (): Promise<EmulatorAddress> => {
	const settings = readInput() as Partial<Settings>;
	const { origin, baseUrl } = await startEmulator({ settings });
	return { origin, baseUrl };
});
