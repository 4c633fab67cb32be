// The life of a project with the Node library: node node.cjs URL ACCOUNT TOKEN

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { setTimeout: pause } = require('node:timers/promises');

const twilio = require('twilio');
const { version } = require('twilio/package.json');

const steps = require('./steps.cjs');
const { refused, sids, unknown } = steps;

function client(token = steps.token) {
  const library = twilio(steps.account, token);
  library.serverless.baseUrl = steps.url;
  return library.serverless.v1;
}

const serverless = client();
const name = `node-${randomUUID().slice(0, 12)}`;
const source = "exports.handler = (c, e, done) =>\r\n\tdone(null, 'ü 漢 😀 \\u0000');\n";

// What earlier steps leave to later ones.
let service, project, environments, stage, live, deployments, variables, logs;
let assets, functions, assetVersions, oldVersion, newVersion, build, second, variable;

// The library leaves uploads to its users.
async function upload(collection, sid, path, visibility, filename, content, type) {
  const form = new FormData();
  form.append('Path', path);
  form.append('Visibility', visibility);
  form.append('Content', new Blob([content], { type }), filename);
  const answer = await fetch(
    `${steps.url}/v1/Services/${service.sid}/${collection}/${sid}/Versions`,
    { method: 'POST', headers: { authorization: steps.authorization }, body: form },
  );
  assert.equal(answer.status, 201);
  return answer.json();
}

// The SIDs of all items, page by page to the end; the way back shows the same pages.
async function walked(list, pageSize) {
  const pages = [];
  let last;
  for (let page = await list.page({ pageSize }); page; page = await page.nextPage()) {
    assert(page.instances.length <= pageSize);
    pages.push(sids(page.instances));
    last = page;
  }
  const back = [];
  for (let page = last; page; page = await page.previousPage()) {
    back.unshift(sids(page.instances));
  }
  assert.deepEqual(back, pages);
  return pages.flat().sort();
}

async function finished(resource) {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const { status } = await resource.buildStatus().fetch();
    if (status !== 'building') return status;
    await pause(200);
  }
  return assert.fail('the build does not end');
}

const deployed = async (environment) => (await environments(environment.sid).fetch()).buildSid;

steps.run(`node ${version}`, {
  async 'creates a service'() {
    service = await serverless.services.create({
      uniqueName: name,
      friendlyName: 'A ü & b+c',
      includeCredentials: false,
      uiEditable: true,
    });
    assert.equal(service.uniqueName, name);
    assert.equal(service.friendlyName, 'A ü & b+c');
    assert.equal(service.accountSid, steps.account);
    assert.deepEqual([service.includeCredentials, service.uiEditable], [false, true]);
    assert(service.dateCreated instanceof Date && service.dateUpdated >= service.dateCreated);
    assert.equal(service.url, `${steps.url}/v1/Services/${service.sid}`);
    project = serverless.services(service.sid);
    environments = project.environments;
  },

  async 'finds the service by SID, by name and in the list'() {
    for (const key of [service.sid, name]) {
      assert.deepEqual((await serverless.services(key).fetch()).toJSON(), service.toJSON());
    }
    const seen = [];
    await serverless.services.each({ pageSize: 1, callback: (item) => seen.push(item.sid) });
    assert(seen.includes(service.sid));
    assert.equal((await serverless.services.list({ limit: 1 })).length, 1);
  },

  async 'changes the service'() {
    const changed = await serverless.services(name).update({ friendlyName: 'other' });
    assert.equal(changed.friendlyName, 'other');
    assert.deepEqual([changed.uniqueName, changed.uiEditable], [name, true]);
    assert.equal(changed.domainBase, service.domainBase);
    assert(changed.dateUpdated >= service.dateUpdated);
    assert.equal((await project.update()).friendlyName, 'other');
  },

  async 'is refused a service whose name is taken'() {
    await refused(() => serverless.services.create({ uniqueName: name, friendlyName: 'x' }));
  },

  async 'creates assets and functions at once and walks through them'() {
    const five = [0, 1, 2, 3, 4];
    const create = (list) => Promise.all(five.map((i) => list.create({ friendlyName: `n ${i}` })));
    [assets, functions] = await Promise.all([create(project.assets), create(project.functions)]);
    for (const [list, created] of [[project.assets, assets], [project.functions, functions]]) {
      assert.equal(new Set(sids(created)).size, 5);
      for (const size of [1, 2, 5, 50]) {
        assert.deepEqual(await walked(list, size), sids(created));
      }
      assert.deepEqual(sids(await list.list({ pageSize: 2 })), sids(created));
      assert.equal((await list.list({ limit: 3 })).length, 3);
    }
  },

  async 'fetches and renames an asset and a function'() {
    for (const [list, item] of [[project.assets, assets[0]], [project.functions, functions[0]]]) {
      assert.deepEqual((await list(item.sid).fetch()).toJSON(), item.toJSON());
      const renamed = await list(item.sid).update({ friendlyName: 'renamed' });
      assert.deepEqual([renamed.sid, renamed.friendlyName], [item.sid, 'renamed']);
    }
  },

  async 'uploads versions'() {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    assetVersions = [
      await upload('Assets', assets[0].sid, '/a.html', 'public', 'a.html', '<p>', 'text/html'),
      await upload('Assets', assets[1].sid, 'i.png', 'private', 'i.png', bytes, 'image/png'),
    ];
    assert.equal(assetVersions[1].path, '/i.png');
    const code = (text) =>
      upload(
        'Functions', functions[0].sid, '/hello', 'protected', 'h.js', text, 'application/javascript',
      );
    oldVersion = await code('old');
    newVersion = await code(source);
  },

  async 'reads versions and source code back'() {
    const versions = project.functions(functions[0].sid).functionVersions;
    assert.deepEqual(await walked(versions, 1), [oldVersion.sid, newVersion.sid].sort());
    const fetched = await versions(newVersion.sid).fetch();
    assert.deepEqual([fetched.path, fetched.visibility], ['/hello', 'protected']);
    assert(fetched.dateCreated instanceof Date);
    const content = await versions(newVersion.sid).functionVersionContent().fetch();
    assert.equal(content.content, source);
    const image = project.assets(assets[1].sid).assetVersions;
    assert.equal((await image(assetVersions[1].sid).fetch()).visibility, 'private');
    assert.deepEqual(sids(await image.list()), [assetVersions[1].sid]);
  },

  async 'is refused a build of nothing: 20001'() {
    const error = await refused(() => project.builds.create(), { status: 400, code: 20001 });
    assert.equal(
      error.message,
      'At least one Function Version or Asset Version is required for Build',
    );
    assert(error.moreInfo.endsWith('20001'));
  },

  async 'builds'() {
    const dependencies = [
      { name: 'twilio', version: '5.0.0' },
      { name: '@twilio/runtime-handler', version: '2.0.0' },
    ];
    build = await project.builds.create({
      assetVersions: assetVersions.map((item) => item.sid),
      functionVersions: [newVersion.sid],
      dependencies: JSON.stringify(dependencies),
      runtime: 'node20',
    });
    assert.deepEqual([build.status, build.runtime], ['building', 'node20']);
    assert.deepEqual(sids(build.assetVersions), sids(assetVersions));
    assert.deepEqual(sids(build.functionVersions), [newVersion.sid]);
    for (const { name, version } of dependencies) {
      assert.equal(build.dependencies.find((item) => item.name === name)?.version, version);
    }
  },

  async 'creates environments'() {
    stage = await environments.create({ uniqueName: 'stage', domainSuffix: 'st' });
    live = await environments.create({ uniqueName: 'live' });
    assert.deepEqual([stage.buildSid, live.buildSid, live.domainSuffix], [null, null, null]);
    assert.equal(stage.domainName, `${service.domainBase}-st.twil.io`);
    assert.equal(live.domainName, `${service.domainBase}.twil.io`);
    assert.deepEqual(await walked(environments, 1), sids([stage, live]));
    for (const taken of [
      { uniqueName: 'stage', domainSuffix: 'x' },
      { uniqueName: 'x', domainSuffix: 'st' },
    ]) {
      await refused(() => environments.create(taken), { status: 409, code: 20409 });
    }
    deployments = environments(stage.sid).deployments;
    variables = environments(stage.sid).variables;
    logs = environments(live.sid).logs;
  },

  async 'polls the build to its end'() {
    assert.equal(await finished(project.builds(build.sid)), 'completed');
    const done = await project.builds(build.sid).fetch();
    assert.deepEqual(done.dependencies, build.dependencies);
    assert.equal(done.status, 'completed');
    second = await project.builds.create({ functionVersions: [oldVersion.sid] });
    assert.deepEqual(await walked(project.builds, 1), sids([build, second]));
    assert.equal(await finished(project.builds(second.sid)), 'completed');
  },

  async 'deploys, once'() {
    const deployment = await deployments.create({ buildSid: build.sid, isPlugin: false });
    assert.deepEqual(
      [deployment.buildSid, deployment.environmentSid],
      [build.sid, stage.sid],
    );
    assert.equal(await deployed(stage), build.sid);
    const error = await refused(() => deployments.create({ buildSid: build.sid }), {
      status: 409,
      code: 20409,
    });
    assert.equal(error.message, 'Environment already has requested deployment.');
    assert.deepEqual(
      (await deployments(deployment.sid).fetch()).toJSON(),
      deployment.toJSON(),
    );
  },

  async 'promotes, replaces and un-deploys'() {
    await environments(live.sid).deployments.create({ buildSid: await deployed(stage) });
    await deployments.create({ buildSid: second.sid });
    assert.deepEqual([await deployed(stage), await deployed(live)], [second.sid, build.sid]);
    assert.equal((await deployments.create()).buildSid, null);
    assert.deepEqual([await deployed(stage), await deployed(live)], [null, build.sid]);
    await refused(() => deployments.create(), { status: 409, code: 20409 });
    assert.equal((await walked(deployments, 2)).length, 3);
    assert.equal((await environments(live.sid).deployments.list()).length, 1);
  },

  async 'sets, changes and lists variables'() {
    const texts = { ONE: 'a=b&c+d %', TWO: 'ü'.repeat(225), THREE: 'v'.repeat(450) };
    const created = await Promise.all(
      Object.entries(texts).map(([key, value]) => variables.create({ key, value })),
    );
    for (const { sid, key } of created) {
      assert.equal((await variables(sid).fetch()).value, texts[key]);
    }
    for (const [key, value] of [
      ['MORE', 'ü'.repeat(226)],
      ['MORE', 'v'.repeat(451)],
      ['k'.repeat(129), 'x'],
    ]) {
      await refused(() => variables.create({ key, value }), { status: 400, code: 20001 });
    }
    variable = await variables(created[0].sid).update({ key: 'FIRST' });
    assert.deepEqual([variable.key, variable.value], ['FIRST', texts.ONE]);
    assert.deepEqual(await walked(variables, 2), sids(created));
    assert.deepEqual(await environments(live.sid).variables.list(), []);
  },

  async 'reads logs, of one function and of a time'() {
    assert.deepEqual(await logs.list(), []);
    const written = [];
    for (const i of [0, 1, 2, 3, 4]) {
      const function_sid = functions[i % 2].sid;
      const entry = { level: 'warn', message: `entry ${i}`, function_sid };
      written.push(await steps.writeLog(service.sid, live.sid, entry));
    }
    assert.deepEqual(await walked(logs, 2), sids(written));
    const functionSid = functions[1].sid;
    const some = await logs.list({ functionSid, pageSize: 1 });
    assert.deepEqual(some.map((log) => log.message).sort(), ['entry 1', 'entry 3']);
    assert.deepEqual((await logs(some[0].sid).fetch()).toJSON(), some[0].toJSON());
    const day = 24 * 3600 * 1000;
    const from = (days) => new Date(Date.now() + days * day);
    assert.equal((await logs.list({ startDate: from(-1), endDate: from(1) })).length, 5);
    assert.deepEqual(await logs.list({ startDate: from(-3), endDate: from(-1) }), []);
  },

  async 'is refused strangers and their credentials: 20404, 20003'() {
    for (const resource of [
      serverless.services(unknown('ZS')),
      project.assets(unknown('ZH')),
      project.functions(unknown('ZH')),
      project.assets(functions[0].sid),
      project.builds(unknown('ZB')),
      environments(unknown('ZE')),
      deployments(unknown('ZD')),
      variables(unknown('ZV')),
      logs(unknown('NO')),
    ]) {
      await refused(() => resource.fetch(), { status: 404, code: 20404 });
    }
    const stranger = client('wrong');
    const expected = { status: 401, code: 20003 };
    await refused(() => stranger.services(service.sid).fetch(), expected);
    await refused(() => stranger.services.list(), expected);
  },

  async 'is refused to delete what is live or built'() {
    await refused(() => project.builds(build.sid).remove());
    await refused(() => project.functions(functions[0].sid).remove());
    await refused(() => project.assets(assets[0].sid).remove());
    assert.equal(await deployed(live), build.sid);
  },

  async 'deletes everything'() {
    for (const resource of [
      variables(variable.sid),
      environments(live.sid),
      environments(stage.sid),
      project.builds(build.sid),
      project.builds(second.sid),
      project.functions(functions[0].sid),
      project.assets(assets[0].sid),
      project,
    ]) {
      assert.equal((await resource.removeWithHttpInfo()).statusCode, 204);
      await refused(() => resource.fetch(), { status: 404, code: 20404 });
    }
    await refused(() => project.assets(assets[1].sid).fetch(), { status: 404, code: 20404 });
  },
});
