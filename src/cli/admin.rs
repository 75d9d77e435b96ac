//! Commands that ask a running cluster: `status`, `check`, `remove-node`, `transfer-leader`.

use super::address::Address;
use super::table;
use crate::cluster::admin::{self, AdminError, Check};

pub fn status(connect: &Address) -> Result<(), String> {
    let nodes = ask(admin::status(&connect.to_string()))?;
    println!("{}", table::of_nodes(&nodes));
    Ok(())
}

pub fn remove_node(connect: &Address, id: u64, force: bool) -> Result<(), String> {
    ask(admin::remove_node(&connect.to_string(), id, force))?;
    println!("node {id} is no longer a member; its data directory can be deleted");
    Ok(())
}

pub fn transfer_leader(connect: &Address, id: Option<u64>) -> Result<(), String> {
    let leader = ask(admin::transfer_leader(&connect.to_string(), id))?;
    println!("node {leader} leads");
    Ok(())
}

/// Prints what each node has; fails unless all have the same.
pub fn check(connect: &Address) -> Result<(), String> {
    let check = ask(admin::check(&connect.to_string()))?;
    println!("{}", table::of_check(&check));
    verdict(&check).map(|equal| println!("{equal}"))
}

/// One sentence: equal, or what differs where.
fn verdict(check: &Check) -> Result<String, String> {
    let silent: Vec<String> = (check.nodes.iter())
        .filter_map(|node| node.digest.as_ref().err().map(|why| format!("node {} ({}): {why}", node.id, node.address)))
        .collect();
    let digests = || check.nodes.iter().filter_map(|node| node.digest.as_ref().ok().map(|digest| (node.id, digest)));
    let Some((first, reference)) = digests().next() else {
        return Err(format!("no node could be compared: {}", silent.join("; ")));
    };
    let mut differences = Vec::new();
    for (id, digest) in digests().skip(1) {
        for name in differing(&reference.tables, &digest.tables) {
            differences.push(format!("{name} differs between node {first} and node {id}"));
        }
    }
    differences.extend(silent);
    if differences.is_empty() {
        return Ok(format!("equal: {} nodes at index {}", check.nodes.len(), check.index));
    }
    Err(differences.join("; "))
}

type Line = (String, String, u64, String);

/// `FILE TABLE` of every line that one side lacks or has otherwise.
fn differing(left: &[Line], right: &[Line]) -> Vec<String> {
    let unmatched = |these: &[Line], those: &[Line]| -> Vec<String> {
        these.iter().filter(|line| !those.contains(line)).map(|(file, table, ..)| format!("{file} {table}")).collect()
    };
    let mut names = unmatched(left, right);
    names.extend(unmatched(right, left));
    names.sort();
    names.dedup();
    names
}

fn ask<T>(question: impl Future<Output = Result<T, AdminError>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the async runtime cannot start: {error}"))?;
    runtime.block_on(question).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::admin::NodeDigest;
    use crate::storage::Digest;

    fn node(id: u64, tables: &[(&str, u64, &str)]) -> NodeDigest {
        let line = |(table, rows, digest): &(&str, u64, &str)| {
            ("databases/postgres".to_owned(), (*table).to_owned(), *rows, (*digest).to_owned())
        };
        let digest = Digest { index: 7, tables: tables.iter().map(line).collect() };
        NodeDigest { id, address: format!("127.0.0.1:{id}"), digest: Ok(digest) }
    }

    #[test]
    fn equal_nodes_are_equal() {
        let nodes = vec![node(1, &[("t", 1, "aa")]), node(2, &[("t", 1, "aa")])];
        assert_eq!(verdict(&Check { index: 7, nodes }).unwrap(), "equal: 2 nodes at index 7");
    }

    #[test]
    fn what_differs_is_named() {
        let nodes = vec![
            node(1, &[("t", 1, "aa")]),
            node(2, &[("t", 1, "bb")]),
            node(3, &[("t", 1, "aa"), ("u", 0, "")]),
            NodeDigest { id: 4, address: "n4:1".to_owned(), digest: Err("does not answer".to_owned()) },
        ];
        assert_eq!(
            verdict(&Check { index: 7, nodes }).unwrap_err(),
            "databases/postgres t differs between node 1 and node 2; databases/postgres u differs between node 1 and \
             node 3; node 4 (n4:1): does not answer"
        );
    }
}
