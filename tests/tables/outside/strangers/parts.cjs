// A service of spare parts as fastify makes one: its document is made from the schemas it validates
// with.

const { randomUUID } = require("node:crypto");
const { writeFileSync } = require("node:fs");

const Ajv = require("ajv/dist/2020");
const addFormats = require("ajv-formats");
const fastify = require("fastify");

const shared = [
  {
    $id: "NewPart",
    type: "object",
    required: ["name", "stock"],
    properties: {
      name: { type: "string", minLength: 1, maxLength: 40 },
      code: { type: "string", pattern: "^[A-Z]{2}-[0-9]{4}$" },
      stock: { type: "integer", minimum: 0, maximum: 1000 },
      price: { type: "number", exclusiveMinimum: 0, multipleOf: 0.25 },
      colour: { type: ["string", "null"], enum: ["black", "white", null] },
      made_on: { type: "string", format: "date" },
      contact: { type: "string", format: "email" },
      tags: {
        type: "array",
        items: { type: "string", maxLength: 12 },
        maxItems: 3,
        uniqueItems: true,
      },
      size: {
        type: "object",
        required: ["width", "height"],
        properties: {
          width: { type: "integer", minimum: 1 },
          height: { type: "integer", minimum: 1 },
        },
        additionalProperties: false,
      },
    },
    dependentRequired: { price: ["code"] },
    additionalProperties: false,
  },
  {
    $id: "PartChange",
    type: "object",
    minProperties: 1,
    properties: {
      name: { type: "string", minLength: 1, maxLength: 40 },
      stock: { type: "integer", minimum: 0, maximum: 1000 },
      colour: { type: ["string", "null"], enum: ["black", "white", null] },
    },
    additionalProperties: false,
  },
  {
    $id: "Part",
    type: "object",
    required: ["id", "name", "stock", "created_at", "updated_at"],
    properties: {
      id: { type: "string", format: "uuid" },
      name: { type: "string" },
      code: { type: "string" },
      stock: { type: "integer" },
      price: { type: "number" },
      colour: { type: ["string", "null"], enum: ["black", "white", null] },
      made_on: { type: "string", format: "date" },
      contact: { type: "string", format: "email" },
      tags: { type: "array", items: { type: "string" } },
      size: {
        type: "object",
        required: ["width", "height"],
        properties: { width: { type: "integer" }, height: { type: "integer" } },
      },
      created_at: { type: "string", format: "date-time" },
      updated_at: { type: "string", format: "date-time" },
    },
  },
  {
    $id: "Refusal",
    type: "object",
    required: ["statusCode", "error", "message"],
    properties: {
      statusCode: { type: "integer" },
      code: { type: "string" },
      error: { type: "string" },
      message: { type: "string" },
    },
  },
];

// By itself fastify mends a body before it judges it: values become another type, and members that
// the document forbids are dropped. Then it takes what the document forbids, so only the faulty
// service does that; a query is text, and has to become numbers.
const mending = { coerceTypes: "array", removeAdditional: true };
const validator = (settings) =>
  addFormats(new Ajv({ allowUnionTypes: true, schemas: shared, ...settings }));
const bodies = validator(process.argv[3] === "faulty" ? mending : {});
const texts = validator({ coerceTypes: "array" });

const app = fastify();
for (const schema of shared) app.addSchema(schema);
app.setValidatorCompiler(({ schema, httpPart }) =>
  (httpPart === "body" ? bodies : texts).compile(schema),
);
app.register(require("@fastify/swagger"), {
  openapi: { openapi: "3.1.0", info: { title: "Parts", version: "1" } },
  refResolver: { buildLocalReference: (schema) => schema.$id },
});

const parts = new Map();
const answer = (name, description) => ({ description, $ref: `${name}#` });
const gone = { description: "It is gone.", type: "null" };
const refused = answer("Refusal", "The request breaks its schema.");
const missing = answer("Refusal", "There is no such part.");
const params = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string", format: "uuid" } },
};

const find = (id) => {
  if (parts.has(id)) return parts.get(id);
  throw Object.assign(new Error("no such part"), { statusCode: 404 });
};

app.register(async (app) => {
  app.get("/parts", {
    schema: {
      operationId: "listParts",
      querystring: {
        type: "object",
        properties: {
          least: { type: "integer", minimum: 0, maximum: 1000 },
          colour: { type: "string", enum: ["black", "white"] },
        },
      },
      response: {
        200: { description: "Parts.", type: "array", items: { $ref: "Part#" } },
        400: refused,
      },
    },
    handler: async ({ query: { least = 0, colour } }) =>
      [...parts.values()].filter(
        (part) => part.stock >= least && (colour === undefined || part.colour === colour),
      ),
  });

  app.post("/parts", {
    schema: {
      operationId: "createPart",
      body: { $ref: "NewPart#" },
      response: { 201: answer("Part", "The part."), 400: refused },
    },
    handler: async ({ body }, reply) => {
      const created_at = new Date().toISOString();
      const part = { id: randomUUID(), ...body, created_at, updated_at: created_at };
      parts.set(part.id, part);
      return reply.code(201).send(part);
    },
  });

  app.get("/parts/:id", {
    schema: {
      operationId: "fetchPart",
      params,
      response: { 200: answer("Part", "The part."), 400: refused, 404: missing },
    },
    handler: async ({ params: { id } }) => find(id),
  });

  app.patch("/parts/:id", {
    schema: {
      operationId: "changePart",
      params,
      body: { $ref: "PartChange#" },
      response: { 200: answer("Part", "The part."), 400: refused, 404: missing },
    },
    handler: async ({ params: { id }, body }) =>
      Object.assign(find(id), body, { updated_at: new Date().toISOString() }),
  });

  app.delete("/parts/:id", {
    schema: {
      operationId: "deletePart",
      params,
      response: { 204: gone, 400: refused, 404: missing },
    },
    handler: async ({ params: { id } }, reply) => {
      parts.delete(find(id).id);
      return reply.code(204).send();
    },
  });
});

app.listen({ host: "127.0.0.1", port: 0 }).then((url) => {
  writeFileSync(process.argv[2], JSON.stringify(app.swagger()));
  console.log(`listening on ${url}`);
});
