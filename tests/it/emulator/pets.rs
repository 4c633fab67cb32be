//! A small API without extensions, served by the same engine.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use trueup::contract;
use trueup::emulator::Emulator;
use trueup::spec::{Files, load};

use crate::emulator::client::{Api, settings, text};

const PETS: &str = "
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
      - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
      - {name: page, in: query, schema: {type: integer, minimum: 1}}
      - {name: kind, in: query, schema: {type: string}}
      responses:
        '200':
          description: d
          content:
            application/json:
              schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}
    post:
      operationId: createPet
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}
      responses:
        '201':
          description: d
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
        default:
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
  /pets/{petId}:
    parameters:
    - {name: petId, in: path, required: true, schema: {type: integer}}
    get:
      operationId: getPet
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
        default:
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}
    put:
      operationId: replacePet
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/NewPet'}}}
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
    delete:
      operationId: deletePet
      responses: {'204': {description: d}}
  /pets/{petId}/toys:
    parameters:
    - {name: petId, in: path, required: true, schema: {type: integer}}
    get:
      operationId: listToys
      responses:
        '200':
          description: d
          content:
            application/json:
              schema:
                type: object
                properties:
                  toys: {type: array, items: {$ref: '#/components/schemas/Toy'}}
                  total: {type: integer}
    post:
      operationId: createToy
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {name: {type: string, default: ball}}}
      responses:
        '201':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Toy'}}}
  /pets/{petId}/toys/{toyId}:
    parameters:
    - {name: petId, in: path, required: true, schema: {type: integer}}
    - {name: toyId, in: path, required: true, schema: {type: string, format: uuid}}
    get:
      operationId: getToy
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/Toy'}}}
  /health:
    get:
      operationId: health
      responses:
        '200':
          description: d
          content:
            application/json:
              schema: {type: object, required: [up], properties: {up: {type: boolean, example: true}}}
components:
  schemas:
    NewPet:
      type: object
      required: [name]
      properties:
        name: {type: string, minLength: 1}
        kind: {type: string, enum: [cat, dog], default: cat}
        tag: {type: string}
        age: {type: integer, minimum: 0}
    Pet:
      allOf:
      - $ref: '#/components/schemas/NewPet'
      - type: object
        required: [id, created_at]
        properties:
          id: {type: integer}
          created_at: {type: string, format: date-time}
          modified_at: {type: string, format: date-time}
          vet: {$ref: '#/components/schemas/Vet'}
    Vet:
      type: object
      required: [name]
      properties:
        name: {type: string, minLength: 3}
        boss: {$ref: '#/components/schemas/Vet'}
    Toy:
      type: object
      required: [id, pet_id, name]
      properties:
        id: {type: string, format: uuid}
        pet_id: {type: integer}
        name: {type: string}
    Error:
      type: object
      required: [code, message]
      properties:
        code: {type: integer}
        message: {type: string}
";

#[test]
fn another_api_is_served_by_the_same_engine() {
    let files = Files::Bundle(&[("pets.yaml", PETS)]);
    let contract = contract::build(load(&files, "pets.yaml", &[]).unwrap()).unwrap();
    let emulator = Emulator::start(Arc::new(contract), 0, settings(Duration::ZERO)).unwrap();
    let mut api = Api::new(emulator.url());
    api.authorization = None;
    api.judged = false;
    let json_type = [("Content-Type", "application/json; charset=utf-8")];
    let send = |method: &str, path: &str, body: &Value| {
        api.send(method, path, &json_type, body.to_string().as_bytes())
    };
    let made = send(
        "POST",
        "/pets",
        &json!({"name": "Tom", "age": 3, "unknown": 1}),
    );
    assert_eq!(
        made.header("location"),
        format!("{}/pets/1", emulator.url())
    );
    let tom = made.json(201);
    assert_eq!(
        (&tom["id"], &tom["name"], &tom["kind"]),
        (&json!(1), &json!("Tom"), &json!("cat"))
    );
    assert!(tom.get("tag").is_none() && tom.get("unknown").is_none());
    assert_eq!(api.get("/pets/1").json(200), tom);
    let rex = send(
        "POST",
        "/pets",
        &json!({"name": "Rex", "kind": "dog", "tag": "t"}),
    )
    .json(201);
    assert_eq!((&rex["id"], &rex["tag"]), (&json!(2), &json!("t")));
    assert_eq!(api.get("/pets").json(200), json!([rex, tom]));
    assert_eq!(api.get("/pets?limit=1").json(200), json!([rex]));
    assert_eq!(api.get("/pets?limit=1&page=2").json(200), json!([tom]));
    assert_eq!(api.get("/pets?limit=1&page=3").json(200), json!([]));
    assert_eq!(api.get("/pets?kind=cat").json(200), json!([tom]));

    let put = send("PUT", "/pets/1", &json!({"name": "Tim", "id": 9})).json(200);
    assert_eq!(
        (&put["id"], &put["name"], &put["age"]),
        (&json!(1), &json!("Tim"), &json!(3))
    );
    assert_eq!(put["created_at"], tom["created_at"]);
    assert!(text(&put, "modified_at") >= text(&tom, "modified_at"));

    for wrong in [
        json!({}),
        json!({"name": ""}),
        json!({"name": "x", "age": -1}),
        json!([]),
    ] {
        let error = send("POST", "/pets", &wrong).json(400);
        assert_eq!(error["code"], 400);
        assert!(!text(&error, "message").is_empty());
    }
    api.send("POST", "/pets", &json_type, b"").json(400);
    api.send("POST", "/pets", &json_type, b"{").json(400);
    api.get("/pets?limit=0").json(400);
    assert_eq!(api.get("/pets/3").json(404)["code"], 404);
    api.get("/pets/x").json(404);

    let toy = send("POST", "/pets/1/toys", &json!({})).json(201);
    assert_eq!((&toy["pet_id"], &toy["name"]), (&json!(1), &json!("ball")));
    let path = format!("/pets/1/toys/{}", text(&toy, "id"));
    assert_eq!(api.get(&path).json(200), toy);
    api.get(&path.replace("/1/", "/2/")).json(404);
    assert_eq!(api.get("/pets/1/toys").json(200)["toys"], json!([toy]));
    assert_eq!(api.delete("/pets/1").status, 204);
    api.get(&path).json(404);
    assert_eq!(api.get("/pets").json(200), json!([rex]));
    assert_eq!(
        send("POST", "/pets", &json!({"name": "New"})).json(201)["id"],
        3
    );
    assert_eq!(api.get("/health").json(200), json!({"up": true}));
}
