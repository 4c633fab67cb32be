//! Servers that break one law each, and servers that differ without breaking any.

use serde_json::{Value, json};
use trueup::wire::{Request, Response, Status};

use super::{Fault, answer, ask, path};
use crate::generate::json_of;

/// A fault, and the beginning of what must be told of it.
type Row = (&'static str, Fault, &'static str);

/// Whether a request is for one photo.
fn is_photo(request: &Request, method: &str) -> bool {
    request.method == method && path(request).len() == 4
}

/// The list of photos that a request's album has.
fn photos(engine: &trueup::emulator::Engine, request: &Request) -> Vec<String> {
    let list = path(request)[..3].join("/");
    let body = json_of(&ask(engine, request, "GET", &list, &Value::Null).body);
    let photos = body["photos"].as_array().cloned().unwrap_or_default();
    photos
        .iter()
        .map(|photo| format!("{list}/{}", photo["id"].as_str().unwrap_or_default()))
        .collect()
}

/// Changes the JSON of an answer.
fn edit(mut response: Response, edit: impl FnOnce(&mut Value)) -> Response {
    if response.status.is_success() && !response.body.is_empty() {
        let mut body = json_of(&response.body);
        edit(&mut body);
        response.body = body.to_string().into_bytes();
    }
    response
}

pub(crate) fn all() -> Vec<Row> {
    [
        of_items(),
        of_bystanders(),
        of_reads(),
        of_states(),
        of_refusals(),
        of_deletions(),
        of_links(),
        of_lists(),
        of_pages(),
        of_counted_pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn of_items() -> Vec<Row> {
    vec![
        (
            "a photo is fetched with another title",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_photo(&request, "GET") {
                    return edit(response, |photo| photo["title"] = json!("other"));
                }
                response
            }),
            "FetchPhoto::is_fetched_as_created [\"expectation at body /title",
        ),
        (
            "no photo is fetched in sepia",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_photo(&request, "GET") {
                    return edit(response, |photo| {
                        if photo["tone"] == "sepia" {
                            photo["tone"] = json!("grey");
                        }
                    });
                }
                response
            }),
            "FetchPhoto::is_fetched_in_full [\"expectation at body /tone",
        ),
        (
            "an update is forgotten",
            Box::new(|engine, request| {
                if is_photo(&request, "PATCH") {
                    let photo = ask(
                        engine,
                        &request,
                        "GET",
                        &path(&request).join("/"),
                        &json!(null),
                    );
                    let changes = json_of(&request.body);
                    return edit(photo, |photo| {
                        for (name, value) in changes.as_object().into_iter().flatten() {
                            photo[name] = value.clone();
                        }
                    });
                }
                engine.answer(&request)
            }),
            "UpdatePhoto::lasts [\"expectation",
        ),
        (
            "an update without an answer is forgotten",
            Box::new(|engine, request| {
                if request.method == "PATCH" && path(&request).len() == 2 {
                    return Response {
                        body: Vec::new(),
                        ..answer(204, &Value::Null)
                    };
                }
                engine.answer(&request)
            }),
            "UpdateAlbum::lasts [\"expectation at body /name",
        ),
        (
            "photos are listed as they were created",
            {
                let mut created: Vec<Value> = Vec::new();
                Box::new(move |engine, request| {
                    let response = engine.answer(&request);
                    if path(&request).len() == 3 && response.status == 201 {
                        created.push(json_of(&response.body));
                    }
                    if !is_list(&request) {
                        return response;
                    }
                    edit(response, |page| {
                        for photo in page["photos"].as_array_mut().into_iter().flatten() {
                            let mut all = created.iter();
                            let first = all.find(|other| other["id"] == photo["id"]);
                            *photo = first.cloned().unwrap_or_default();
                        }
                    })
                })
            },
            "UpdatePhoto::lasts [\"items at body /photos: in the list, /",
        ),
    ]
}

fn of_bystanders() -> Vec<Row> {
    vec![
        (
            "an update of the title empties the caption",
            Box::new(|engine, mut request| {
                if is_photo(&request, "PATCH") {
                    let mut changes = json!({"title": "", "caption": ""});
                    for (name, value) in json_of(&request.body).as_object().into_iter().flatten() {
                        changes[name] = value.clone();
                    }
                    request.body = changes.to_string().into_bytes();
                }
                engine.answer(&request)
            }),
            "UpdatePhoto::changes_nothing_else [\"expectation at body /",
        ),
        (
            "an update moves the time of creation",
            {
                let mut changed: Vec<String> = Vec::new();
                Box::new(move |engine, request| {
                    let response = engine.answer(&request);
                    let at = path(&request).join("/");
                    if is_photo(&request, "PATCH") {
                        changed.push(at);
                    } else if is_photo(&request, "GET") && changed.contains(&at) {
                        let late = json!("2999-01-01T00:00:00Z");
                        return edit(response, |photo| photo["created_at"] = late);
                    }
                    response
                })
            },
            "UpdatePhoto::changes_nothing_else [\"expectation at body /created_at",
        ),
        (
            "an update changes all photos of the album",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_photo(&request, "PATCH") {
                    for photo in photos(engine, &request) {
                        ask(engine, &request, "PATCH", &photo, &json_of(&request.body));
                    }
                }
                response
            }),
            "UpdatePhoto::leaves_others_alone [\"expectation at body /",
        ),
    ]
}

fn of_reads() -> Vec<Row> {
    vec![(
        "who reads a photo changes it",
        Box::new(|engine, request| {
            let response = engine.answer(&request);
            if is_photo(&request, "GET") {
                let at = path(&request).join("/");
                ask(engine, &request, "PATCH", &at, &json!({"caption": "seen"}));
            }
            response
        }),
        "FetchPhoto::reads_change_nothing [\"expectation at body /caption",
    )]
}

/// The state of a photo that was fetched so many times before.
fn developing(states: &'static [&'static str]) -> Fault {
    let mut fetched: Vec<String> = Vec::new();
    Box::new(move |engine, request| {
        let response = engine.answer(&request);
        let at: Vec<&str> = path(&request).into_iter().take(4).collect();
        let times = fetched
            .iter()
            .filter(|other| **other == at.join("/"))
            .count();
        let is_fetched = is_photo(&request, "GET");
        // Others show what was seen last.
        let seen = if is_fetched {
            times
        } else {
            times.saturating_sub(1)
        };
        if is_fetched {
            fetched.push(at.join("/"));
        }
        edit(response, |body| {
            if let Some(state) = body.get_mut("state") {
                *state = json!(states.get(seen).or(states.last()));
            }
        })
    })
}

fn of_states() -> Vec<Row> {
    vec![
        (
            "a photo that is ready is developed again",
            developing(&["developing", "ready", "developing"]),
            "FetchPhoto::moves_only_forward [\"state at body /state: the state goes from 'ready' to 'developing'",
        ),
        (
            "a photo that is ready fails",
            developing(&["developing", "ready", "failed"]),
            "FetchPhoto::moves_only_forward [\"state at body /state: the state goes from 'ready' to 'failed'",
        ),
        (
            "a photo is queued again",
            developing(&["developing", "queued", "ready"]),
            "FetchPhoto::moves_only_forward [\"state at body /state: the state goes from 'developing' to 'queued'",
        ),
        (
            "a thumbnail shows that the photo is developed again",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                let is_thumbnail = path(&request).len() == 5;
                edit(response, |body| match body.get_mut("state") {
                    Some(state) if is_thumbnail => *state = json!("developing"),
                    Some(state) => *state = json!("ready"),
                    None => {}
                })
            }),
            "FetchPhoto::moves_only_forward [\"state at body /state: the state goes from 'ready' to 'developing'",
        ),
    ]
}

/// Cuts the title of a photo that is created to what is allowed.
fn cut_title(mut request: Request) -> Request {
    let mut photo = json_of(&request.body);
    if let Some(title) = photo["title"].as_str() {
        photo["title"] = json!(title.chars().take(40).collect::<String>());
        request.body = photo.to_string().into_bytes();
    }
    request
}

/// A server that takes photos with titles of any length.
pub(crate) fn lenient() -> Fault {
    Box::new(|engine, request| {
        let is_new = request.method == "POST" && path(&request).len() == 3;
        engine.answer(&if is_new { cut_title(request) } else { request })
    })
}

fn of_refusals() -> Vec<Row> {
    vec![(
        "a photo is refused and kept all the same",
        Box::new(|engine, request| {
            let response = engine.answer(&request);
            if path(&request).len() == 3 && response.status == 400 {
                engine.answer(&cut_title(request));
            }
            response
        }),
        "CreatePhoto::leaves_nothing_when_refused [\"expectation at body /photos",
    )]
}

fn of_deletions() -> Vec<Row> {
    vec![
        (
            "nothing is deleted",
            Box::new(|engine, request| {
                if is_photo(&request, "DELETE") {
                    return Response {
                        body: Vec::new(),
                        ..answer(204, &Value::Null)
                    };
                }
                engine.answer(&request)
            }),
            "DeletePhoto::is_final [\"status",
        ),
        (
            "a photo is deleted again",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_photo(&request, "DELETE") && response.status == 404 {
                    return Response {
                        body: Vec::new(),
                        ..answer(204, &Value::Null)
                    };
                }
                response
            }),
            "DeletePhoto::is_final [\"status",
        ),
        (
            "an album that is gone has no photos",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_list(&request) && response.status == 404 {
                    let page = json!({
                        "photos": [], "size": 50, "page": 0, "next": null, "previous": null,
                    });
                    return answer(200, &page);
                }
                response
            }),
            "DeleteAlbum::is_final [\"status",
        ),
        (
            "a photo that is gone has a thumbnail",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if path(&request).len() == 5 && response.status == 404 {
                    return answer(200, &json!({"id": path(&request)[3]}));
                }
                response
            }),
            "DeletePhoto::is_final [\"status",
        ),
        (
            "all photos of the album are deleted",
            Box::new(|engine, request| {
                if is_photo(&request, "DELETE") {
                    for photo in photos(engine, &request) {
                        if photo != path(&request).join("/") {
                            ask(engine, &request, "DELETE", &photo, &Value::Null);
                        }
                    }
                }
                engine.answer(&request)
            }),
            "DeletePhoto::takes_no_other [\"status",
        ),
        (
            "photos outlive their album",
            {
                let mut known: Vec<(String, Response)> = Vec::new();
                Box::new(move |engine, request| {
                    let response = engine.answer(&request);
                    let at = path(&request).join("/");
                    if request.method == "POST" && path(&request).len() == 3 {
                        let id = json_of(&response.body)["id"].clone();
                        let place = format!("{at}/{}", id.as_str().unwrap_or_default());
                        let mut photo = response.clone();
                        photo.status = Status(200);
                        known.push((place, photo));
                    }
                    let album = path(&request)[..2.min(path(&request).len())].join("/");
                    if is_photo(&request, "GET")
                        && response.status == 404
                        && ask(engine, &request, "GET", &album, &Value::Null).status == 404
                        && let Some((_, photo)) = known.iter().find(|(place, _)| *place == at)
                    {
                        return photo.clone();
                    }
                    response
                })
            },
            "FetchPhoto::is_gone_with_its_parent [\"status",
        ),
    ]
}

fn of_links() -> Vec<Row> {
    vec![(
        "a link leads to a broken page",
        Box::new(|engine, request| {
            if path(&request).len() == 5 {
                return answer(500, &json!({}));
            }
            engine.answer(&request)
        }),
        "FetchPhoto::links_are_answered [\"status",
    )]
}

fn is_list(request: &Request) -> bool {
    request.method == "GET" && path(request).len() == 3
}

fn of_lists() -> Vec<Row> {
    vec![
        (
            "a new album has no list of photos yet",
            {
                let mut known: Vec<String> = Vec::new();
                Box::new(move |engine, request| {
                    let response = engine.answer(&request);
                    let at = path(&request).join("/");
                    if path(&request).len() == 3 && request.method == "POST" {
                        known.push(at);
                    } else if is_list(&request) && !known.contains(&at) {
                        return answer(404, &json!({}));
                    }
                    response
                })
            },
            "CreateAlbum::links_of_the_document_lead_on [\"status",
        ),
        (
            "the newest album is not listed",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if request.method == "GET" && path(&request).len() == 1 {
                    return edit(response, |albums| {
                        let newest = albums.as_array().map_or(0, Vec::len);
                        if let Some(albums) = albums.as_array_mut().filter(|_| newest > 0) {
                            albums.pop();
                        }
                    });
                }
                response
            }),
            "ListAlbum::lists_each_item_once [\"items at body: an item is missing",
        ),
        (
            "a photo is listed twice",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_list(&request) && !request.url.contains("size=1&") {
                    return edit(response, |page| {
                        if let Some(photos) = page["photos"].as_array_mut() {
                            photos.extend(photos.first().cloned());
                        }
                    });
                }
                response
            }),
            "ListPhoto::lists_each_item_once [\"items at body /photos: an item is listed twice",
        ),
        (
            "a photo is listed with another caption",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_list(&request) {
                    return edit(response, |page| {
                        for photo in page["photos"].as_array_mut().into_iter().flatten() {
                            photo["caption"] = json!("short");
                        }
                    });
                }
                response
            }),
            "ListPhoto::lists_each_item_once [\"items at body /photos: in the list, /caption differs",
        ),
        (
            "the photos of all albums are listed in each",
            {
                let mut all: Vec<(String, Value)> = Vec::new();
                Box::new(move |engine, request| {
                    let response = engine.answer(&request);
                    let album = path(&request).get(1).map_or("", |album| *album);
                    if path(&request).len() == 3 && response.status == 201 {
                        all.push((album.to_owned(), json_of(&response.body)));
                    }
                    if is_list(&request) {
                        let mut page = json_of(&response.body);
                        let own = page["photos"].as_array().map_or(0, Vec::len);
                        let others = all.iter().filter(|(other, _)| own == 0 && other != album);
                        for (other, photo) in others {
                            let photo = photo.to_string().replace(other, album);
                            if let Some(photos) = page["photos"].as_array_mut() {
                                photos.push(json_of(photo.as_bytes()));
                            }
                        }
                        return edit(response, |body| *body = page);
                    }
                    response
                })
            },
            "ListPhoto::lists_no_items_of_others [\"items at body /photos: an item is listed that must not be there",
        ),
    ]
}

fn of_pages() -> Vec<Row> {
    vec![
        (
            "the second page begins with the last item of the first",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_list(&request) && request.url.contains("page=1") {
                    let first = photos(engine, &request)
                        .first()
                        .cloned()
                        .unwrap_or_default();
                    let first = json_of(&ask(engine, &request, "GET", &first, &Value::Null).body);
                    return edit(response, |page| page["photos"][0] = first);
                }
                response
            }),
            "ListPhoto::pages_hold_each_item_once [\"items at body /photos: an item",
        ),
        (
            "the previous page is empty",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_list(&request) && request.url.contains("page=0") {
                    return edit(response, |page| page["photos"] = json!([]));
                }
                response
            }),
            "ListPhoto::pages_lead_forth_and_back [\"items at body /photos: an item is missing",
        ),
    ]
}

/// The number of items that a request for albums passes over.
fn offset(request: &Request) -> Option<usize> {
    let (_, number) = request.url.split_once("offset=")?;
    number.split('&').next()?.parse().ok()
}

/// Whether a request is for a list of albums.
fn is_of_albums(request: &Request) -> bool {
    request.method == "GET" && path(request).len() == 1
}

fn of_counted_pages() -> Vec<Row> {
    vec![
        (
            "albums are not cut into pages",
            Box::new(|engine, mut request| {
                if is_of_albums(&request) {
                    request.url = request.url.replace("limit", "other");
                }
                engine.answer(&request)
            }),
            "ListAlbum::pages_do_not_overlap [\"items at body: the page has more items",
        ),
        (
            "each page of albums is the first",
            Box::new(|engine, mut request| {
                if is_of_albums(&request) {
                    request.url = request.url.replace("offset", "other");
                }
                engine.answer(&request)
            }),
            "ListAlbum::pages_do_not_overlap [\"items at body: an item is listed that must not be there",
        ),
        (
            "the second page of albums is empty",
            Box::new(|engine, request| {
                let is_second = is_of_albums(&request) && offset(&request) == Some(2);
                edit(engine.answer(&request), |albums| {
                    if is_second {
                        *albums = json!([]);
                    }
                })
            }),
            "CreateAlbum::creates_at_once_do_not_collide [\"items at body: an item is missing",
        ),
    ]
}

/// A server that is asked for a page of albums that is not there.
fn beyond_the_last_page(answer: impl Fn() -> Response + Send + 'static) -> Fault {
    Box::new(move |engine, request| {
        let response = engine.answer(&request);
        let is_beyond = is_of_albums(&request) && offset(&request).is_some_and(|o| o > 0);
        if is_beyond && json_of(&response.body) == json!([]) {
            return answer();
        }
        response
    })
}

/// Servers that are right.
pub(crate) fn correct() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "photos are developed, one of their states unseen",
            developing(&["queued", "queued", "ready"]),
        ),
        ("a counter moves", {
            let mut opened = 0;
            Box::new(move |engine, request| {
                let response = engine.answer(&request);
                if is_photo(&request, "GET") {
                    opened += 1;
                    return edit(response, |photo| photo["opened"] = json!(opened));
                }
                response
            })
        }),
        (
            "times have more digits when they are fetched",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_photo(&request, "GET") {
                    return edit(response, |photo| {
                        if let Some(time) = photo["created_at"].as_str() {
                            photo["created_at"] = json!(time.replace('Z', ".000Z"));
                        }
                    });
                }
                response
            }),
        ),
        (
            "a page of albums that is not there is not found",
            beyond_the_last_page(|| answer(404, &json!({}))),
        ),
        (
            "who archives a photo does not find it again",
            Box::new(|engine, request| {
                let response = engine.answer(&request);
                if is_photo(&request, "GET") && json_of(&response.body)["tone"] == "archived" {
                    return answer(404, &json!({}));
                }
                response
            }),
        ),
        (
            "albums with photos are not deleted",
            Box::new(|engine, request| {
                if request.method == "DELETE" && path(&request).len() == 2 {
                    let album = format!("{}/photos/-", path(&request).join("/"));
                    let list = Request {
                        url: request.url.replace(&path(&request).join("/"), &album),
                        ..request.clone()
                    };
                    if !photos(engine, &list).is_empty() {
                        return answer(409, &json!({}));
                    }
                }
                engine.answer(&request)
            }),
        ),
    ]
}
