import { startEmulator } from '../emulator/server.cjs';
import type { Settings } from '../emulator/settings.cjs';
import { reportToParent, type EmulatorAddress } from './processes.cjs';

reportToParent<Partial<Settings>, EmulatorAddress>(async (settings) => {
	const { origin, baseUrl } = await startEmulator({ settings });
	return { origin, baseUrl };
});
