/** What is asked of Windows itself. What comes back are bytes as Windows lays them out: reading them is done elsewhere. */
export interface WindowsCalls {
  /** An array of WTS_SESSION_INFO_1W, one for each session of this machine. */
  enumerateSessions(): Promise<{ readonly bytes: Uint8Array; readonly count: number }>;
  /** A WTSINFOEXW (`WTSSessionInfoEx`); null when the session has ended or may not be asked. */
  sessionInfo(sessionId: number): Promise<Uint8Array | null>;
  /** A USHORT (`WTSClientProtocolType`); null when the session has ended or may not be asked. */
  clientProtocol(sessionId: number): Promise<Uint8Array | null>;
  /** A SYSTEM_POWER_STATUS. */
  powerStatus(): Promise<Uint8Array>;
}
