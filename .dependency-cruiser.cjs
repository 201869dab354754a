/**
 * The import rules of the architecture. What a rule allows is as much its point as what it forbids: where a thing is only
 * to be found in one place, it can be understood, tested and exchanged there.
 */
const SHARED = 'libs/shared/src';

/**
 * One technology, one gate: only files below `gatePath` may import the packages. Tests may look behind any gate.
 *
 * @param {string} name
 * @param {string} packages a regular expression
 * @param {string} gatePath
 * @param {string} comment
 */
const gate = (name, packages, gatePath, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^(apps|libs)/', pathNot: [gatePath, '\\.spec\\.ts$'] },
  to: { path: `(^|/)node_modules/(${packages})/` },
});

/**
 * Files below `from` must not import files below `to`.
 *
 * @param {string} name
 * @param {string | object} from
 * @param {string | object} to
 * @param {string} comment
 */
const forbid = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: typeof from === 'string' ? { path: from } : from,
  to: typeof to === 'string' ? { path: to } : to,
});

const layers = [
  forbid(
    'domain-imports-nothing-of-ours',
    `^${SHARED}/domain/`,
    `^(${SHARED}/(?!domain/)|apps/|test/)`,
    'The domain says what things are. It must be readable, and testable, without knowing how anything is stored or sent.',
  ),
  forbid(
    'domain-does-no-io',
    { path: `^${SHARED}/domain/`, pathNot: '\\.spec\\.ts$' },
    { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/(uuid|cron-parser|@types)/' },
    'States and decisions in the domain are pure: a package that talks to the world has no business there.',
  ),
  forbid(
    'contracts-import-only-domain',
    `^${SHARED}/contracts/`,
    `^(${SHARED}/(store|queue|telemetry)/|apps/|test/)`,
    'Contracts are what apps of different versions agree on: they may not depend on how one version stores or queues.',
  ),
  forbid(
    'store-queue-and-telemetry-are-strangers',
    { path: `^${SHARED}/(store|queue|telemetry)/`, pathNot: '\\.spec\\.ts$' },
    { path: `^${SHARED}/(store|queue|telemetry)/`, pathNot: `^${SHARED}/$1/` },
    'SQL is the truth, Redis is transport: what combines the two is a decision of an app, not of the library.',
  ),
  forbid(
    'library-imports-no-app',
    `^${SHARED}/`,
    '^apps/',
    'The library is used by all apps; an import back would tie them all to one.',
  ),
  forbid(
    'apps-never-import-apps',
    { path: '^apps/([^/]+)/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
    'Apps run on different machines in different versions: they meet in contracts, queue and store only.',
  ),
  forbid(
    'production-imports-no-tests',
    { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
    '(^test/|\\.spec\\.ts$)',
    'What ships must not contain, or behave differently because of, what tests need.',
  ),
];

const gates = [
  gate(
    'sql-only-in-store',
    'kysely|mssql|tedious',
    `^${SHARED}/store/kysely/`,
    'Both SQL dialects are kept alike in one place; a query elsewhere would run on only one of them.',
  ),
  {
    ...gate(
      'sqlite-only-in-store',
      '',
      `^${SHARED}/store/kysely/`,
      'The embedded dialect is part of the same gate.',
    ),
    to: { path: '^node:sqlite$|^sqlite$' },
  },
  gate(
    'redis-only-in-queue',
    'bullmq|ioredis',
    `^${SHARED}/queue/bullmq/`,
    'The queue is a port: its semantics (at least once, fencing, replies) are kept by one adapter.',
  ),
  gate(
    'docker-only-in-containers',
    'dockerode',
    '^apps/worker/src/containers/docker/',
    'ContainerRuntime is a port: a worker without a Docker engine must not even notice.',
  ),
  gate(
    'grpc-only-in-channel-and-language-worker',
    '@grpc/grpc-js|protobufjs',
    `^(apps/worker/src/channel|apps/language-worker|${SHARED}/contracts/function-rpc)/`,
    'FunctionRpc has two ends and one contract; nobody else speaks it.',
  ),
  gate(
    'native-calls-only-in-windows-sensors',
    'koffi',
    '^apps/worker/src/capacity/sensors/windows/',
    'A call past Node, with a wrong type, ends the process: there is one file of them, loaded on Windows alone.',
  ),
  gate(
    'icalendar-only-in-holiday-files',
    'ical.js',
    `^${SHARED}/contracts/holiday-files/`,
    "What comes out of a calendar file is a list of days; its format is nobody else's concern.",
  ),
  forbid(
    'no-nest-in-language-worker',
    '^apps/language-worker/',
    '(^|/)node_modules/@nestjs/',
    'It starts once a container: every package in it is paid for in each cold start.',
  ),
];

const management = [
  forbid(
    'only-triggers-and-batches-dispatch',
    { path: '^apps/management/src/(publishing|catalogue|results|access|fleet|portal)/' },
    {
      path: '^apps/management/src/dispatch/',
      // Indexing a new package is a job too, and its outcome comes back by the same way. The loop is everybody's.
      pathNot:
        '^apps/management/src/dispatch/(dispatcher|dispatch\\.module|outcome-waiter|call-result|invocation-paths|wakeable-loop)\\.ts$',
    },
    "Dispatch is the only place that records and enqueues; its inner parts are nobody else's.",
  ),
  forbid(
    'catalogue-does-not-know-publishing',
    '^apps/management/src/catalogue/',
    '^apps/management/src/(publishing|triggers|batches|dispatch)/',
    'Publishing fills the catalogue, triggers read it. Reading functions must not drag uploads or queues in.',
  ),
  forbid(
    'dispatch-does-not-know-its-callers',
    '^apps/management/src/dispatch/',
    '^apps/management/src/(triggers|batches|publishing|results|portal|fleet)/',
    'Every kind of event is dispatched alike: what is special about one stays with it.',
  ),
  forbid(
    'triggers-and-batches-are-strangers',
    '^apps/management/src/(triggers|batches)/',
    { path: '^apps/management/src/(triggers|batches|publishing)/', pathNot: '^apps/management/src/$1/' },
    'A batch must run with every trigger broken, and the other way round.',
  ),
  forbid(
    'nobody-imports-portal',
    { path: '^apps/management/src/', pathNot: '^apps/management/src/(portal/|[^/]+$)' },
    '^apps/management/src/portal/',
    'The portal is one more client of the API: nothing may come to need it.',
  ),
];

const worker = [
  forbid(
    'settings-are-for-assembly',
    { path: '^apps/worker/src/', pathNot: '^apps/worker/src/(assembly/|settings/|config\\.ts$)' },
    '^apps/worker/src/settings/',
    'A room gets its part of the settings when it is put together; it does not look where they came from.',
  ),
  forbid(
    'capacity-is-pure',
    '^apps/worker/src/capacity/',
    '^apps/worker/src/(intake|containers|channel|recorder|packages|bindings)/',
    'Whether a machine may work is decided from what its sensors saw, never from what is going on in a container.',
  ),
  forbid(
    'containers-do-not-know-intake',
    '^apps/worker/src/containers/',
    '^apps/worker/src/(intake|recorder|capacity)/',
    'A container neither knows where work comes from nor what becomes of its outcome.',
  ),
  forbid(
    'channel-does-not-know-intake-or-containers',
    '^apps/worker/src/channel/',
    '^apps/worker/src/(intake|containers|capacity|packages)/',
    'FunctionRpc is spoken with whatever connects, however it was started.',
  ),
  forbid(
    'recorder-knows-nobody',
    '^apps/worker/src/recorder/',
    '^apps/worker/src/(intake|containers|channel|capacity|packages|bindings)/',
    'Outcomes go to SQL in one way only; the recorder stands at the end of every path and looks back at none.',
  ),
  forbid(
    'packages-know-nobody',
    '^apps/worker/src/packages/',
    '^apps/worker/src/(intake|containers|channel|capacity|recorder|bindings)/',
    'A package cache downloads, checks and unpacks; what is done with a package is not its concern.',
  ),
];

const general = [
  {
    name: 'no-circular-imports',
    comment:
      'Two files that import each other are one file that is hard to read (and in Nest an undefined token).',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolvable-imports',
    comment: 'An import that this tool cannot resolve is an import that none of the rules above sees.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-dev-packages-in-production',
    comment: 'An installation without dev dependencies must start.',
    severity: 'error',
    from: { path: '^(apps|libs)/', pathNot: ['\\.spec\\.ts$', '^apps/language-worker/'] },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only'],
      pathNot: '(^|/)node_modules/@types/',
    },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...layers, ...gates, ...management, ...worker, ...general],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|examples)/|\\.generated\\.' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are imports too: a port's signature that names a driver's type has let the driver in.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      // `types` leads `#shared/…` to the sources; `default` would lead to dist, past every rule.
      conditionNames: ['types', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
