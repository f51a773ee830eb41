import { join } from 'node:path';

import type { Settings } from '../emulator/settings.cjs';
import { OwnProcess } from './own-process.cjs';
import type { Address } from './service-process.cjs';

/** The emulator in a process of its own: its work is nobody else's. */
export class Service {
	private constructor(private readonly process: OwnProcess<Address>) {}

	static async start(settings: Partial<Settings>): Promise<Service> {
		return new Service(
			await OwnProcess.start<Address>(join(__dirname, 'service-process.cts'), settings),
		);
	}

	get address(): Address {
		return this.process.report;
	}

	end(): void {
		this.process.end();
	}
}
