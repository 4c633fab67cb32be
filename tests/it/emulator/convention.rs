//! Documents without extensions: pages and addresses by the usual names.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use trueup::contract::{self, Contract};
use trueup::emulator::Emulator;
use trueup::spec::{Files, load};

use crate::emulator::client::{Api, settings, text};

const BOOKS: &str = "
openapi: 3.0.3
info: {title: Books, version: '1'}
paths:
  /books:
    get:
      operationId: listBooks
      parameters:
        - {name: per_page, in: query, schema: {type: integer, minimum: 1, default: 3}}
        - {name: page, in: query, schema: {type: integer, minimum: 0}}
      responses:
        '200':
          description: some
          content:
            application/json:
              schema:
                type: object
                properties:
                  books: {type: array, items: {$ref: '#/components/schemas/Book'}}
                  paging:
                    type: object
                    properties:
                      per_page: {type: integer}
                      page: {type: integer}
                      next: {type: string, format: uri, nullable: true}
                      prev: {type: string, format: uri, nullable: true}
    post:
      operationId: createBook
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [title], properties: {title: {type: string}}}
      responses:
        '201':
          description: one
          content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}
  /books/{book_id}:
    parameters: [{name: book_id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getBook
      responses:
        '200':
          description: one
          content: {application/json: {schema: {$ref: '#/components/schemas/Book'}}}
components:
  schemas:
    Book:
      type: object
      properties:
        id: {type: integer}
        title: {type: string}
        self: {type: string, format: uri}
        created_at: {type: string, format: date-time, nullable: true}
        lent_until: {type: string, format: date-time, nullable: true}
";

fn serve(contract: Contract) -> (Emulator, Api) {
    let emulator = Emulator::start(Arc::new(contract), 0, settings(Duration::ZERO)).unwrap();
    let mut api = Api::new(emulator.url());
    api.judged = false;
    (emulator, api)
}

#[test]
fn lists_are_cut_and_items_have_addresses() {
    let files = Files::Bundle(&[("books.yaml", BOOKS)]);
    let contract = contract::build(load(&files, "books.yaml", &[]).unwrap()).unwrap();
    let (emulator, api) = serve(contract);
    let kind = [("Content-Type", "application/json")];
    for title in ["a", "b", "c", "d", "e"] {
        let body = json!({ "title": title }).to_string();
        let book = api.send("POST", "/books", &kind, body.as_bytes()).json(201);
        assert_eq!(api.get(text(&book, "self")).json(200), book);
        assert!(book["created_at"].is_string() && book["lent_until"].is_null());
    }
    let titles = |page: &Value| -> String {
        let books = page["books"].as_array().unwrap().iter();
        books.map(|book| text(book, "title").to_owned()).collect()
    };
    let first = api.get("/books").json(200);
    assert_eq!(
        (titles(&first).as_str(), &first["paging"]["per_page"]),
        ("edc", &json!(3))
    );
    assert_eq!(first["paging"]["prev"], Value::Null);
    let next = text(&first["paging"], "next");
    assert_eq!(next, format!("{}/books?per_page=3&page=1", emulator.url()));
    let second = api.get(next).json(200);
    assert_eq!(
        (titles(&second).as_str(), &second["paging"]["page"]),
        ("ba", &json!(1))
    );
    assert_eq!(second["paging"]["next"], Value::Null);
    assert_eq!(
        api.get(text(&second["paging"], "prev")).json(200)["books"],
        first["books"]
    );
}
