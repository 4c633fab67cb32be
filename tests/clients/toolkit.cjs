// The life of a project with the deploy toolkit: node toolkit.cjs URL ACCOUNT TOKEN

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const steps = require('./steps.cjs');
const { refused, sids, unknown } = steps;

// The toolkit lets nobody choose the host, so the function that does is exchanged before use.
const hosts = require('@twilio-labs/serverless-api/dist/api/utils/api-client');
hosts.getApiUrl = () => `${steps.url}/v1`;
const { TwilioServerlessApiClient, api: operations } = require('@twilio-labs/serverless-api');
const { version } = require('@twilio-labs/serverless-api/package.json');

const client = (password = steps.token) =>
  new TwilioServerlessApiClient({ username: steps.account, password });

const api = client();
const name = `toolkit-${randomUUID().slice(0, 12)}`;
const hello = "exports.handler = (c, e, done) => done(null, 'ü 漢 😀');\r\n";
const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`KEY_${i}`, `value ${i}`]));

// What earlier steps leave to later ones.
let cwd, result, again, seen;

const project = (more = {}) => ({
  cwd,
  env: { GREETING: 'a=b&c ü' },
  pkgJson: { dependencies: { twilio: '5.0.0', '@twilio/runtime-handler': '2.0.0' } },
  serviceName: name,
  functionsEnv: 'dev',
  runtime: 'node22',
  ...more,
});

async function list(types, environment) {
  const listed = await api.list({ types, serviceSid: result.serviceSid, environment });
  const found = listed[types[0]];
  return Array.isArray(found) ? found : found.entries;
}

async function buildIn(suffix) {
  const environments = await list(['environments']);
  return environments.find((item) => (item.domain_suffix ?? '') === suffix).build_sid;
}

const of = () => ({ serviceSid: result.serviceSid, environment: 'dev' });

async function variablesIn(environment, keys = []) {
  const { variables } = await api.getEnvironmentVariables({
    ...of(),
    environment,
    keys,
    getValues: true,
  });
  return Object.fromEntries(variables.map(({ key, value }) => [key, value]));
}

steps.run(`toolkit ${version}`, {
  async 'deploys a folder'() {
    cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'toolkit-'));
    process.on('exit', () => fs.rmSync(cwd, { recursive: true }));
    const files = {
      'functions/hello.js': hello,
      'functions/nested/guarded.protected.js': hello,
      'functions/own.private.js': hello,
      'assets/index.html': '<p>ü</p>',
      'assets/image.protected.png': Buffer.from('89504e470d0a1a0a00ff', 'hex'),
      'assets/data.private.json': '{}',
    };
    for (const [file, content] of Object.entries(files)) {
      fs.mkdirSync(path.join(cwd, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(cwd, file), content);
    }
    seen = [];
    api.on('status-update', ({ status }) => seen.push(status));
    result = await api.deployLocalProject(project());
    assert.equal(result.serviceName, name);
    assert.equal(result.runtime, 'node22');
    assert.match(result.domain, new RegExp(`^${name}-\\d{4}-dev\\.twil\\.io$`));
    assert.equal(result.functionResources.length, 3);
    assert.equal(result.assetResources.length, 3);
    for (const status of ['creating-service', 'building', 'activating-deployment']) {
      assert(seen.includes(status), seen);
    }
    assert(!seen.includes('timed-out'), seen);
  },

  async 'lists what it deployed'() {
    const services = (await api.list({ types: ['services'] })).services;
    assert.equal(services.find((item) => item.sid === result.serviceSid).unique_name, name);
    assert.deepEqual(sids(await list(['environments'])), [result.environmentSid]);
    assert.deepEqual(sids(await list(['builds'])), [result.buildSid]);
    const show = (entries) =>
      entries.map((entry) => `${entry.visibility} ${entry.path}`.toLowerCase()).sort();
    assert.deepEqual(show(await list(['functions'], 'dev')), [
      'private /own',
      'protected /nested/guarded',
      'public /hello',
    ]);
    assert.deepEqual(show(await list(['assets'], result.environmentSid)), [
      'private /data.json',
      'protected /image.png',
      'public /index.html',
    ]);
    const [variable] = await list(['variables'], 'dev');
    assert.deepEqual([variable.key, variable.value], ['GREETING', 'a=b&c ü']);
  },

  async 'finds the dependencies in the build, and the source code as it was'() {
    const build = await operations.getBuild(result.buildSid, result.serviceSid, api);
    assert.equal(build.status, 'completed');
    for (const [name, version] of Object.entries(project().pkgJson.dependencies)) {
      assert(build.dependencies.some((item) => item.name === name && item.version === version));
    }
    const { sid, function_sid } = build.function_versions.find(({ path }) => path === '/hello');
    const content = await operations.downloadFunctionVersion(
      result.serviceSid, function_sid, sid, api,
    );
    assert.equal(content.content, hello);
    const { function_versions } = await operations.listFunctionVersions(
      result.serviceSid, function_sid, api,
    );
    assert.deepEqual(sids(function_versions), [sid]);
  },

  async 'is refused the same name, unless it may use the service'() {
    const error = await refused(() => api.deployLocalProject(project()), {
      name: 'conflicting-servicename',
    });
    assert.equal(error.serviceSid, result.serviceSid);
    again = await api.deployLocalProject(project({ overrideExistingService: true, env: {} }));
    assert.equal(again.serviceSid, result.serviceSid);
    assert.equal(again.environmentSid, result.environmentSid);
    assert.deepEqual(sids(again.functionResources), sids(result.functionResources));
    assert.deepEqual(sids(again.assetResources), sids(result.assetResources));
    assert.notEqual(again.buildSid, result.buildSid);
    assert.equal(await buildIn('dev'), again.buildSid);
    assert.equal((await list(['builds'])).length, 2);
  },

  async 'promotes, once: 20409'() {
    const promote = (targetEnvironment) =>
      api.activateBuild({
        serviceSid: result.serviceSid,
        sourceEnvironment: 'dev',
        targetEnvironment,
        createEnvironment: true,
        env: { STAGE: targetEnvironment || 'production' },
      });
    const stage = await promote('stage');
    assert.equal(stage.domain, result.domain.replace('-dev.', '-stage.'));
    assert.equal(stage.buildSid, again.buildSid);
    const production = await promote('');
    assert.equal(production.domain, result.domain.replace('-dev.', '.'));
    assert.deepEqual(await Promise.all(['stage', ''].map(buildIn)), [again.buildSid, again.buildSid]);
    assert.deepEqual(await variablesIn(''), { STAGE: 'production' });
    const error = await refused(() => promote('stage'), { name: 'TwilioApiError', code: 20409 });
    assert.equal(error.details.status, 409);
    assert.equal(error.message, 'Environment already has requested deployment.');
  },

  async 'takes a build back and empties an environment'() {
    const back = { serviceSid: result.serviceSid, buildSid: result.buildSid, env: {} };
    await api.activateBuild({ ...back, targetEnvironment: result.environmentSid });
    assert.equal(await buildIn('dev'), result.buildSid);
    const deployments =
      `Services/${result.serviceSid}/Environments/${result.environmentSid}/Deployments`;
    const { body } = await api.request('post', deployments);
    assert.equal(body.build_sid, null);
    assert.equal(await buildIn('dev'), null);
    assert.equal(await buildIn('stage'), again.buildSid);
  },

  async 'sets more variables than a page holds, and removes them'() {
    const before = await variablesIn('dev');
    await api.setEnvironmentVariables({ ...of(), env: many, append: true });
    assert.deepEqual(await variablesIn('dev'), { ...before, ...many });
    assert.deepEqual(await variablesIn('dev', ['KEY_7']), { KEY_7: 'value 7' });
    await api.removeEnvironmentVariables({ ...of(), keys: ['KEY_7', 'NONE'] });
    assert.deepEqual(await variablesIn('dev', ['KEY_7']), {});
    const env = { KEY_1: 'new', LAST: 'one' };
    await api.setEnvironmentVariables({ ...of(), env, append: false });
    assert.deepEqual(await variablesIn('dev'), env);
    const long = { ...of(), env: { LONG: 'ü'.repeat(226) }, append: true };
    const error = await refused(() => api.setEnvironmentVariables(long));
    assert.equal(error.response.body.code, 20001);
  },

  async 'walks through more functions than a page holds, created at once'() {
    const names = Array.from({ length: 55 }, (_, i) => `more ${i}`);
    const create = (name) => operations.createFunctionResource(name, result.serviceSid, api);
    const created = await Promise.all(names.map(create));
    const found = await operations.listFunctionResources(result.serviceSid, api);
    assert.deepEqual(sids(found), sids([...created, ...result.functionResources]));
  },

  async 'reads logs, all, of one function and as a stream'() {
    const { serviceSid } = result;
    const [{ sid }] = (await list(['environments'])).filter((e) => e.domain_suffix === 'stage');
    const logs = { serviceSid, environment: 'stage', tail: false };
    assert.deepEqual(await api.getLogs(logs), []);
    const functions = result.functionResources;
    for (const i of [0, 1, 2, 3, 4]) {
      const entry = { level: 'error', message: `entry ${i}`, function_sid: functions[i % 2].sid };
      await steps.writeLog(serviceSid, sid, entry);
    }
    const texts = (entries) => entries.map((entry) => entry.message).sort();
    const all = [0, 1, 2, 3, 4].map((i) => `entry ${i}`);
    assert.deepEqual(texts(await api.getLogs(logs)), all);
    const some = await api.getLogs({ ...logs, filterByFunction: functions[1].name });
    assert.deepEqual(texts(some), ['entry 1', 'entry 3']);
    const one = await operations.getLog(some[0].sid, sid, serviceSid, api);
    assert.deepEqual(one, some[0]);
    const streamed = [];
    const stream = await api.getLogsStream({ ...logs, limit: 3 });
    await once(stream.on('data', (entry) => streamed.push(entry)), 'end');
    assert.equal(new Set(sids(streamed)).size, 3);
    const filters = { startDate: new Date(0), endDate: new Date(Date.now() - 24 * 3600 * 1000) };
    assert.deepEqual(await operations.listOnePageLogResources(sid, serviceSid, api, filters), []);
  },

  async 'is refused an empty project, strangers and their credentials'() {
    const empty = project({ serviceSid: result.serviceSid, functions: [], assets: [] });
    const error = await refused(() => api.deployProject(empty), {
      name: 'TwilioApiError',
      code: 20001,
    });
    assert.equal(
      error.message,
      'At least one Function Version or Asset Version is required for Build',
    );
    const strange = { serviceSid: unknown('ZS'), functions: [], assets: [] };
    await refused(() => api.deployProject(project(strange)), { code: 20404 });
    await refused(() => client('wrong').list({ types: ['services'] }), { code: 20003 });
  },

  async 'deploys two projects at once'() {
    const functions = [{ name: 'a', path: '/a', access: 'public', content: hello }];
    const deploy = (serviceName) =>
      client().deployProject(project({ serviceName, functions, assets: [] }));
    const both = await Promise.all([deploy(`${name}-1`), deploy(`${name}-2`)]);
    for (const { serviceSid, buildSid, functionResources } of both) {
      const [environment] = await operations.listEnvironments(serviceSid, api);
      assert.equal(environment.build_sid, buildSid);
      const found = await operations.listFunctionResources(serviceSid, api);
      assert.deepEqual(sids(found), sids(functionResources));
      await api.request('delete', `Services/${serviceSid}`);
    }
  },

  async 'deletes everything'() {
    const at = `Services/${result.serviceSid}`;
    const live = await refused(() => api.request('delete', `${at}/Builds/${again.buildSid}`));
    assert(live.response.statusCode < 500);
    for (const { sid } of await list(['environments'])) {
      await api.request('delete', `${at}/Environments/${sid}`);
    }
    for (const { sid } of await list(['builds'])) {
      await api.request('delete', `${at}/Builds/${sid}`);
    }
    const [{ sid }] = result.functionResources;
    await api.request('delete', `${at}/Functions/${sid}`);
    await api.request('delete', at);
    const gone = await refused(() => operations.getService(result.serviceSid, api));
    assert.equal(gone.response.body.code, 20404);
    const { services } = await api.list({ types: ['services'] });
    assert(services.every((item) => !item.unique_name.startsWith(name)));
  },
});
