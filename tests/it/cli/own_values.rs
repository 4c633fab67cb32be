//! Whatever the embedded emulator writes keeps the schema of the document.

use crate::world::binary::trueup;

const SHOPS: &str = "openapi: 3.1.0
info: { title: Shops, version: '1' }
paths:
  /shops:
    post:
      operationId: addShop
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/New' } } } }
      responses:
        '201': &one { description: d, content: { application/json: { schema: { $ref: '#/components/schemas/One' } } } }
        '400': { description: d }
    get:
      operationId: listShops
      responses:
        '200':
          description: d
          content:
            application/json:
              schema:
                type: object
                required: [total, data]
                properties:
                  tags: { type: array, items: { type: string } }
                  total: { type: integer }
                  data: { type: array, items: { $ref: '#/components/schemas/Shop' } }
  /shops/{shopId}:
    parameters: [{ name: shopId, in: path, required: true, schema: { type: integer } }]
    get:
      operationId: getShop
      responses: { '200': *one, '404': { description: d } }
    delete:
      operationId: dropShop
      responses: { '204': { description: d }, '404': { description: d } }
  /values:
    get:
      operationId: getValues
      responses: { '200': { description: d, content: { application/json: { schema: { $ref: '#/components/schemas/Values' } } } } }
components:
  schemas:
    New: { type: object, required: [name], properties: { name: { type: string, minLength: 1, maxLength: 20 }, city: { type: string } } }
    Shop: { type: object, required: [id, name], properties: { id: { type: integer }, name: { type: string }, city: { type: string } } }
    One: { type: object, required: [data], properties: { data: { $ref: '#/components/schemas/Shop' } } }
    Values:
      type: object
      required: [email, host, time, duration, address, bytes, word, ahead, flags, kinds, odd, pair, choice, few]
      properties:
        email: { type: string, format: email, maxLength: 9 }
        host: { type: string, format: hostname, minLength: 80 }
        time: { type: string, format: time }
        duration: { type: string, format: duration }
        address: { type: string, format: ipv4, minLength: 12 }
        bytes: { type: string, format: byte, minLength: 5 }
        word: { type: string, pattern: '\\bfoo\\b', minLength: 9 }
        ahead: { type: string, pattern: '^(?=.*[0-9])(?!admin).{6,}$' }
        flags: { type: array, uniqueItems: true, minItems: 2, items: { type: boolean } }
        kinds: { type: array, uniqueItems: true, minItems: 3, items: { enum: [a, b, c] } }
        odd: { type: number, multipleOf: 0.7, minimum: 1, exclusiveMaximum: 2 }
        pair: { type: array, prefixItems: [{ const: x }, { type: integer }], items: false, minItems: 2 }
        choice: { oneOf: [{ type: object, properties: { a: { type: integer } } }, { type: object, required: [b], properties: { b: { type: string } } }] }
        few: { type: object, minProperties: 2, propertyNames: { pattern: '^x-' }, additionalProperties: { type: integer } }
";

#[test]
fn the_embedded_emulator_keeps_envelopes_and_values_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shops.yaml"), SHOPS).unwrap();
    let arguments = ["check", "--spec", "shops.yaml", "--generate", "full"];
    let run = trueup(folder.path(), &arguments);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out.contains(" 0 failed"), "{run}");
}
