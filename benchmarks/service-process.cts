import { startEmulator } from '../emulator/server.cjs';
import type { Settings } from '../emulator/settings.cjs';
import { reportBack } from './own-process.cjs';

/** Where the emulator can be reached. */
export interface Address {
	readonly origin: string;
	readonly baseUrl: string;
}

reportBack<Partial<Settings>, Address>(async (settings) => {
	const { origin, baseUrl } = await startEmulator({ settings });
	return { origin, baseUrl };
});
