import { startEmulator } from '../emulator/server.cjs';
import type { Settings } from '../emulator/settings.cjs';
import { reportToParent, type EmulatorAddress } from './processes.cjs';

reportToParent(async (settings: Partial<Settings>): Promise<EmulatorAddress> => {
	const { origin, baseUrl } = await startEmulator({ settings });
	return { origin, baseUrl };
});
