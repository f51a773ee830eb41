import { readFileSync, writeFileSync } from 'node:fs';

/** One look at a process, in MB. */
export interface MemorySample {
	/** Wall-clock milliseconds. */
	readonly at: number;
	readonly resident: number;
	/** The most that was resident since the look before, so that nothing hides between two looks. */
	readonly peak: number;
	/** Resident memory of the process and all its descendants; shared pages count more than once. */
	readonly tree: number;
}

const KB_PER_MB = 1024;
const EVERY_MS = 100;

/** A file of /proc; empty when the process has ended. */
function read(pid: number, name: string): string {
	try {
		return readFileSync(`/proc/${pid}/${name}`, 'utf8');
	} catch {
		return '';
	}
}

const megabytes = (status: string, field: 'VmRSS' | 'VmHWM') =>
	Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / KB_PER_MB;

function treeMegabytes(pid: number): number {
	const children = read(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
	const own = megabytes(read(pid, 'status'), 'VmRSS');
	return children.reduce((sum, child) => sum + treeMegabytes(child), own);
}

/** Makes the kernel forget the highest resident size so far. Some containers forbid it. */
function resetPeak(pid: number): boolean {
	try {
		writeFileSync(`/proc/${pid}/clear_refs`, '5');
		return true;
	} catch {
		return false;
	}
}

/** Watches the memory of a process and of what it starts, until it is closed. Linux only. */
export class MemoryWatch {
	private readonly samples: MemorySample[] = [];
	/** Whether peaks are the kernel's own, or only the highest of the looks. */
	readonly exact: boolean;
	private readonly timer: NodeJS.Timeout;

	constructor(private readonly pid: number) {
		this.exact = resetPeak(pid);
		this.timer = setInterval(() => this.look(), EVERY_MS);
	}

	/** Looks now, outside the rhythm as well. */
	look(): MemorySample {
		const status = read(this.pid, 'status');
		const resident = megabytes(status, 'VmRSS');
		const peak = this.exact ? megabytes(status, 'VmHWM') : resident;
		if (this.exact) resetPeak(this.pid);
		const sample = { at: Date.now(), resident, peak, tree: treeMegabytes(this.pid) };
		this.samples.push(sample);
		return sample;
	}

	/** The last look at or before this moment. */
	at(moment: number): MemorySample {
		const found = this.samples.findLast(({ at }) => at <= moment) ?? this.samples[0];
		if (!found) throw new Error('Nothing has been measured yet.');
		return found;
	}

	/** The highest values of a stretch of time. A peak may belong to the 100 ms before its look. */
	peak(from: number, to: number): { main: number; tree: number } {
		const within = this.samples.filter(({ at }) => at > from && at <= to + EVERY_MS);
		if (within.length === 0) throw new Error('The stretch is too short to be measured.');
		return {
			main: Math.max(...within.map(({ peak }) => peak)),
			tree: Math.max(...within.map(({ tree }) => tree)),
		};
	}

	close(): void {
		clearInterval(this.timer);
	}
}
