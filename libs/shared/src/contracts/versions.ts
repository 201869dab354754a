/** The version that Nightjar's host reports to language workers: Azure Functions 4. */
export const HOST_VERSION = '4.1040.0';
