/** The statuses that the documentation lists for each call, and those that storages are known to answer with. */
export interface Documented {
	generate: 400 | 401 | 403 | 404 | 415 | 429 | 500;
	status: 401 | 404;
	models: never;
	uploadLink: 400 | 401 | 500;
	uploadFile: 403 | 411;
	resultFile: 403 | 404;
	webhook: 400 | 401 | 404 | 408 | 500;
	deploy: 402 | 403 | 405 | 422 | 500;
	deployment: 404 | 422 | 500;
	deploymentList: 404 | 422 | 500;
	terminate: 401 | 403 | 404 | 405 | 422 | 501;
	computeInstances: 500;
	deployedModel: 401 | 403 | 404 | 422 | 429 | 500;
}

/** What a call is about: the same status means different things to different calls. */
export type Endpoint = keyof Documented;
