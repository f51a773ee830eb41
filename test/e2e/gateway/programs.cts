import { spawnSync } from 'node:child_process';

/** Programs that run as engines of the gateway, with the Debian packages that they come in. */
const packages = {
	pocketsphinx_continuous: 'pocketsphinx and pocketsphinx-en-us',
	convert: 'imagemagick',
} as const;

/** What this machine lacks, with the packages to install, if anything. */
export function findMissingPrograms(): string | undefined {
	const missing = Object.entries(packages).filter(
		([program]) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined,
	);
	if (missing.length === 0) return undefined;
	return missing.map(([program, from]) => `${program} (in Debian's ${from})`).join(' and ');
}

/** The gateway's configuration: a model of each kind, answered by a real voice, a real recognizer and a real image tool. */
export const programConfig = {
	engines: {
		voice: { driver: 'flite', voice: 'rms' },
		hear: {
			driver: 'command',
			run: [
				...['pocketsphinx_continuous', '-time', 'yes', '-infile', '{file.wav16k}'],
				...['-logfn', '/dev/null'],
			],
			text: 'stdout',
			words: String.raw`^(?<word>\S+) (?<start>[\d.]+) (?<end>[\d.]+) [\d.]+$`,
			deadline: '10m',
		},
		gray: {
			driver: 'command',
			run: ['convert', 'png:{file}', '-colorspace', 'Gray', 'png:{output.png}'],
		},
	},
	models: {
		'sunoai-bark': { engine: 'voice' },
		whisper: { engine: 'hear' },
		'speech2text-v2': { engine: 'hear' },
		img2img: { engine: 'gray' },
	},
};
