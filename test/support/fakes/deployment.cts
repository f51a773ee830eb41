import { createClient } from '../../../nodes/core/http/client';
import { json, type VirtualHost } from './virtual-host.cjs';

export const clientOf = (host: VirtualHost) =>
	createClient(host, { baseUrl: 'https://api.test/v1', secrets: ['the-key'] });

/* What the status of a deployment is answered with, from its launch to its end. */
export const notStarted = json(501, { message: 'Instance is not started yet, please try again.' });
export const building = json(200, { status: 'building', message: 'Instance is building' });
export const live = json(200, {
	status: 'live',
	message: 'Server has started !!!',
	URL: 'https://d.test/',
	api_auth_token: 'the-token',
});
export const launchFailed = json(400, { message: 'Instance launch has failed' });
export const terminated = json(200, { message: 'Instance Terminated' });
