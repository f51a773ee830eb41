import { readFileSync, writeFileSync } from 'node:fs';

/** The resources that this process used for one piece of work. */
export interface Usage {
	readonly wallMs: number;
	/** User and system time. */
	readonly cpuMs: number;
	/** The peak resident size minus the one before, in MB. */
	readonly addedMb: number;
}

const KB_PER_MB = 1024;

/** The kernel's own figure for this process, in MB. */
function residentMb(field: 'VmRSS' | 'VmHWM'): number {
	const status = readFileSync('/proc/self/status', 'utf8');
	return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KB_PER_MB;
}

/** Measures one piece of work. Linux only: the peak is the kernel's, which no sampling can miss. */
export async function measureUsage(work: () => Promise<void>): Promise<Usage> {
	// Resets the peak of the resident size.
	writeFileSync('/proc/self/clear_refs', '5');
	const before = residentMb('VmRSS');
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	await work();
	const wallMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { wallMs, cpuMs: (user + system) / 1000, addedMb: residentMb('VmHWM') - before };
}
