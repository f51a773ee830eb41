import { axiosLoop } from './axios-loop.cjs';
import { bareNode } from './bare-node.cjs';
import type { Contender } from './candidate.cjs';
import { httpRequestLoop } from './http-request.cjs';
import { officialClient } from './official-client.cjs';
import { thisNode } from './this-node.cjs';

/** As many as the node has in flight when nothing is set. */
const usual = 100;

/** Everybody who takes part, with the settings that they would be used with. */
export const contenders = {
	'this node': thisNode(),
	'this node, second execution': thisNode({}, usual),
	'this node, all at once': thisNode({ maxConcurrency: 0 }),
	'axios, each second, 100 at a time': axiosLoop(1, usual),
	'axios, each 5 s, 100 at a time': axiosLoop(5, usual),
	'a bare node, each second, 100 at a time': bareNode(1, usual),
	'axios, each second, one by one': axiosLoop(1, 1),
	'axios, each 5 s, one by one': axiosLoop(5, 1),
	'monsterapi 0.0.5, one by one': officialClient('sequential'),
	'monsterapi 0.0.5, all at once': officialClient('at once'),
	'HTTP Request + Wait 1 s + If': httpRequestLoop(1),
	'HTTP Request + Wait 5 s + If': httpRequestLoop(5),
} as const satisfies Readonly<Record<string, Contender>>;

export type Name = keyof typeof contenders;
