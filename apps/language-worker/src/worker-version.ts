/** This worker's version, as the host and the libraries are told: the one of the release that it is part of. */
export const WORKER_VERSION = '0.1.0';
