import { ExecutionLifecycleHooks } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	ICredentialsHelper,
	IHttpRequestOptions,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

/** How a credential type puts a key into a request. */
export type Authenticate = Extract<
	NonNullable<ICredentialType['authenticate']>,
	(...given: never[]) => unknown
>;

/** n8n's database of credentials in one object: knows one credential and one way to authenticate. */
const credentialsHelper = (
	credential: ICredentialDataDecryptedObject,
	authenticate: Authenticate,
): ICredentialsHelper => {
	const helper = {
		getParentTypes: () => [],
		getDecrypted: async () => await Promise.resolve({ ...credential }),
		preAuthentication: async () => await Promise.resolve(undefined),
		authenticate: async (_data: unknown, _type: string, options: IHttpRequestOptions) =>
			await authenticate(credential, options),
		isCredentialUsableByNode: () => true,
		getCredentialsProperties: () => [],
	};
	// The engine calls these and no others.
	return helper as unknown as ICredentialsHelper;
};

let executions = 0;

/** What n8n's server gives its engine for one execution. */
export function serverData(
	credential: ICredentialDataDecryptedObject,
	authenticate: Authenticate,
): IWorkflowExecuteAdditionalData {
	const executionId = `e${++executions}`;
	return {
		credentialsHelper: credentialsHelper(credential, authenticate),
		hooks: new ExecutionLifecycleHooks('manual', executionId, {
			id: 'w',
			name: 'Engine test',
			nodes: [],
			connections: {},
			active: false,
			activeVersionId: null,
			isArchived: false,
			createdAt: new Date(),
			updatedAt: new Date(),
		}),
		executionId,
		webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		webhookBaseUrl: 'http://localhost/webhook',
		webhookTestBaseUrl: 'http://localhost/webhook-test',
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost/',
		variables: {},
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
		currentNodeParameters: undefined,
	} as unknown as IWorkflowExecuteAdditionalData;
}
