//! Cutting a collection into pages that stay in place while items are added.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::state::Item;
use super::target;

/// Where a page begins. Items are numbered in the order of their creation and shown newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// After so many of the newest.
    Offset(u64),
    /// With the newest item that is older than this number.
    Older(u64),
    /// So that it ends with the oldest item that is not older than this number.
    Newer(u64),
}

impl Position {
    /// The opaque text for a position in a collection.
    fn token(self, collection: &str) -> Option<String> {
        let (side, number) = match self {
            Self::Offset(_) => return None,
            Self::Older(number) => ("older", number),
            Self::Newer(number) => ("newer", number),
        };
        let text = json!({ "of": collection, side: number }).to_string();
        Some(format!("PT{}", URL_SAFE_NO_PAD.encode(text)))
    }

    /// The position that a token of this collection stands for.
    pub(super) fn read(token: &str, collection: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix("PT")?).ok()?;
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        if value.get("of")? != collection {
            return None;
        }
        let number = |side: &str| value.get(side).and_then(Value::as_u64);
        number("older")
            .map(Self::Older)
            .or_else(|| number("newer").map(Self::Newer))
    }
}

/// Which page of a collection is asked for.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) size: u64,
    pub(super) number: u64,
    pub(super) position: Position,
}

/// One page, and where its neighbours begin.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) items: Vec<&'a Item>,
    pub(super) next: Option<Position>,
    pub(super) previous: Option<Position>,
}

/// Cuts one page out of items that come newest first.
pub(super) fn cut<'a>(all: &[&'a Item], wish: &Wish) -> Page<'a> {
    let size = usize::try_from(wish.size).unwrap_or(usize::MAX);
    let (from, to) = match wish.position {
        Position::Offset(offset) => {
            let from = usize::try_from(offset).unwrap_or(usize::MAX).min(all.len());
            (from, from.saturating_add(size))
        }
        Position::Older(number) => {
            let from = all.partition_point(|item| item.sequence >= number);
            (from, from.saturating_add(size))
        }
        Position::Newer(number) => {
            let to = all.partition_point(|item| item.sequence >= number);
            (to.saturating_sub(size), to)
        }
    };
    let items = all[from..to.min(all.len())].to_vec();
    let older = items.last().filter(|_| to < all.len());
    let next = older.map(|item| Position::Older(item.sequence));
    let newer = match (items.first(), wish.position) {
        (Some(item), _) => item.sequence.saturating_add(1),
        (None, Position::Older(number) | Position::Newer(number)) => number,
        (None, Position::Offset(_)) => 0,
    };
    Page {
        items,
        next,
        previous: (wish.number > 0).then_some(Position::Newer(newer)),
    }
}

/// How the URLs of pages are written.
pub(super) struct Urls<'a> {
    pub(super) origin: &'a str,
    /// Path of the collection.
    pub(super) path: &'a str,
    /// Pairs of the query that have nothing to do with pages.
    pub(super) filters: &'a [(String, String)],
    /// Names of the parameters for size, number and token of a page.
    pub(super) size: Option<&'a str>,
    pub(super) number: Option<&'a str>,
    pub(super) token: Option<&'a str>,
}

impl Urls<'_> {
    /// The URL of a page: filters first, then size, number and token.
    pub(super) fn write(&self, size: u64, number: u64, position: Position) -> String {
        let token = position.token(self.path);
        let mut pairs = self.filters.to_vec();
        for (name, value) in [
            (self.size, Some(size.to_string())),
            (self.number, Some(number.to_string())),
            (self.token, token),
        ] {
            if let (Some(name), Some(value)) = (name, value) {
                pairs.push((name.to_owned(), value));
            }
        }
        format!("{}{}{}", self.origin, self.path, target::query(&pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;
    use time::OffsetDateTime;

    fn items(numbers: impl DoubleEndedIterator<Item = u64>) -> Vec<Item> {
        let item = |sequence| Item {
            sequence,
            path: String::new(),
            id: sequence.to_string(),
            body: Map::new(),
            kept: Map::new(),
            created: OffsetDateTime::UNIX_EPOCH,
        };
        numbers.rev().map(item).collect()
    }

    fn page(all: &[Item], wish: &Wish) -> (Vec<u64>, Option<Position>, Option<Position>) {
        let all: Vec<&Item> = all.iter().collect();
        let page = cut(&all, wish);
        let shown = page.items.iter().map(|item| item.sequence).collect();
        (shown, page.next, page.previous)
    }

    #[test]
    fn pages_stay_in_place_while_items_are_added() {
        let mut all = items(1..=5);
        let mut wish = Wish {
            size: 2,
            number: 0,
            position: Position::Offset(0),
        };
        let first = page(&all, &wish);
        assert_eq!(first, (vec![5, 4], Some(Position::Older(4)), None));
        all = items(1..=9);
        wish.number = 1;
        wish.position = Position::Older(4);
        let second = page(&all, &wish);
        assert_eq!(
            second,
            (
                vec![3, 2],
                Some(Position::Older(2)),
                Some(Position::Newer(4))
            )
        );
        wish.number = 2;
        wish.position = Position::Older(2);
        assert_eq!(page(&all, &wish), (vec![1], None, Some(Position::Newer(2))));
        wish.number = 0;
        wish.position = Position::Newer(4);
        assert_eq!(
            page(&all, &wish),
            (vec![5, 4], Some(Position::Older(4)), None)
        );
    }

    #[test]
    fn a_page_past_the_end_is_empty() {
        let all = items(1..=3);
        for position in [
            Position::Offset(10),
            Position::Offset(u64::MAX),
            Position::Older(1),
        ] {
            let wish = Wish {
                size: 2,
                number: 5,
                position,
            };
            let (shown, next, previous) = page(&all, &wish);
            assert!(shown.is_empty() && next.is_none() && previous.is_some());
        }
        let wish = Wish {
            size: 2,
            number: 4,
            position: Position::Newer(0),
        };
        assert_eq!(page(&all, &wish).0, [2, 1]);
    }

    #[test]
    fn tokens_belong_to_their_collection() {
        for position in [Position::Older(7), Position::Newer(0)] {
            let token = position.token("/a").unwrap();
            assert_eq!(Position::read(&token, "/a"), Some(position));
            assert_eq!(Position::read(&token, "/b"), None);
        }
        for wrong in ["", "PT", "PTe30", "x", "PT!!", "PTbnVsbA"] {
            assert_eq!(Position::read(wrong, "/a"), None);
        }
    }
}
