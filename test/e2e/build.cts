import type { N8nInstall } from '../support/n8n/install.cjs';

/** What a site is built on: an n8n, and the packed node that goes into it. */
export interface Ground {
	readonly install: N8nInstall;
	/** The packed node: once for all, since two builds at the same time would take each other's files away. */
	readonly tarball: string;
}
