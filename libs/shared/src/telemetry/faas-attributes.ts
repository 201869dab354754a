/** OpenTelemetry's semantic conventions for functions (still in development there: kept in this one file). */
export const FAAS = {
  trigger: 'faas.trigger',
  invocationId: 'faas.invocation_id',
  coldStart: 'faas.coldstart',
  functionName: 'faas.invoked_name',
  appName: 'nightjar.app.name',
  state: 'nightjar.invocation.state',
  machineId: 'nightjar.machine.id',
} as const;
