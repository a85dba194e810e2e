//! What a callgrind file says of the driver.
//!
//! The emulated kernel maps images itself, so that callgrind knows no file for their code: what it
//! counts under the object `???` is the driver. The driver calls out in two ways: through exits of
//! the emulated kernel, one an import, which have no names; and through the guard function for
//! pointers (WSK's functions, the consumer's callbacks).

use std::collections::BTreeMap;

const UNKNOWN: &str = "???";
/// The guard function for calls through pointers.
const GUARD: &str = "cfg_dispatch";
/// What exits and guard call for the verifier's sake.
const VERIFIER: &str = "note_deeper";
/// Images lie this far apart, and none is longer.
const SLOT: u64 = 16 << 20;

/// Counts of some operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// How often each instruction of the image ran, by its offset; all machines together.
    pub(super) instructions: BTreeMap<u64, u64>,
    /// Calls out, by name and by the offset of what called; 0 where that is not known.
    pub(super) out: BTreeMap<(String, u64), u64>,
    /// Calls of the emulated kernel into the image, by the caller's name.
    pub(super) into: BTreeMap<String, u64>,
    /// Bytes the image copied by calls.
    pub(super) copied: u64,
}

impl Counts {
    /// Reads the file `text` of a run of the program at `program`, with the image at each of `bases`.
    pub(super) fn read(text: &str, program: &str, bases: &[u64]) -> Self {
        let mut reader = Reader {
            program,
            bases,
            ..Reader::default()
        };
        text.lines().for_each(|line| reader.line(line));
        reader.finish()
    }

    /// What is here and not in `fewer`.
    pub(super) fn less(&self, fewer: &Self) -> Self {
        Self {
            instructions: difference(&self.instructions, &fewer.instructions),
            out: difference(&self.out, &fewer.out),
            into: difference(&self.into, &fewer.into),
            copied: self.copied.saturating_sub(fewer.copied),
        }
    }
}

fn difference<K: Ord + Clone>(
    more: &BTreeMap<K, u64>,
    fewer: &BTreeMap<K, u64>,
) -> BTreeMap<K, u64> {
    let less = |(key, count): (&K, &u64)| {
        let rest = count.saturating_sub(fewer.get(key).copied().unwrap_or(0));
        (rest > 0).then(|| (key.clone(), rest))
    };
    more.iter().filter_map(less).collect()
}

#[derive(Default)]
struct Reader<'a> {
    program: &'a str,
    bases: &'a [u64],
    object: &'a str,
    function: &'a str,
    callee_object: Option<&'a str>,
    callee: &'a str,
    /// How often the call was made whose line comes next.
    calls: Option<u64>,
    found: Counts,
    /// Calls to exits: the exit, and the offset of the call.
    exits: BTreeMap<(&'a str, u64), u64>,
    /// What each exit leads to.
    leads: BTreeMap<&'a str, &'a str>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some(object) = line.strip_prefix("ob=") {
            self.object = object;
        } else if let Some(function) = line.strip_prefix("fn=") {
            self.function = without_recursion(function);
        } else if let Some(object) = line.strip_prefix("cob=") {
            self.callee_object = Some(object);
        } else if let Some(function) = line.strip_prefix("cfn=") {
            self.callee = without_recursion(function);
        } else if let Some(calls) = line.strip_prefix("calls=") {
            self.calls = calls.split(' ').next().and_then(|count| count.parse().ok());
        } else if let Some(rest) = line.strip_prefix("0x") {
            self.cost(rest);
        }
    }

    fn cost(&mut self, rest: &str) {
        let mut words = rest.split(' ');
        let address = words.next().and_then(|it| u64::from_str_radix(it, 16).ok());
        let cost = words.nth(1).and_then(|it| it.parse::<u64>().ok());
        let (Some(address), Some(cost)) = (address, cost) else {
            return;
        };
        match self.calls.take() {
            Some(calls) => self.call(address, calls),
            None if self.object == UNKNOWN => {
                if let Some(offset) = self.offset(address) {
                    *self.found.instructions.entry(offset).or_default() += cost;
                }
            }
            None => {}
        }
    }

    fn call(&mut self, address: u64, calls: u64) {
        let to = self.callee_object.take().unwrap_or(self.object);
        let from_image = self.object == UNKNOWN;
        if from_image && to == self.program && is_exit(self.callee) {
            let offset = self.offset(address).unwrap_or(0);
            *self.exits.entry((self.callee, offset)).or_default() += calls;
        } else if !from_image && to == UNKNOWN && !self.function.ends_with(GUARD) {
            let name = shortened(self.function).to_owned();
            *self.found.into.entry(name).or_default() += calls;
        } else if self.object == self.program && to == self.program {
            self.lead(calls);
        }
    }

    /// A call from an exit or from the guard to what is behind it.
    fn lead(&mut self, calls: u64) {
        if self.callee.ends_with(VERIFIER) {
            return;
        }
        if is_exit(self.function) {
            self.leads.insert(self.function, self.callee);
        } else if self.function.ends_with(GUARD) {
            let name = last(self.callee).to_owned();
            *self.found.out.entry((name, 0)).or_default() += calls;
        }
    }

    fn offset(&self, address: u64) -> Option<u64> {
        let within = |base: &&u64| address.wrapping_sub(**base) < SLOT;
        self.bases.iter().find(within).map(|base| address - base)
    }

    fn finish(mut self) -> Counts {
        for ((exit, offset), calls) in self.exits {
            let name = last(self.leads.get(exit).copied().unwrap_or(exit)).to_owned();
            *self.found.out.entry((name, offset)).or_default() += calls;
        }
        self.found
    }
}

/// Exits have no name, only an address; every function of the program has one.
fn is_exit(function: &str) -> bool {
    function.starts_with("0x")
}

/// `f'2` is a call of `f` within `f`.
fn without_recursion(function: &str) -> &str {
    function.split('\'').next().unwrap_or(function)
}

/// `a::b::c` is `c`.
fn last(function: &str) -> &str {
    function.rsplit("::").next().unwrap_or(function)
}

/// `crate::a::b::c` is `a::b::c`.
fn shortened(function: &str) -> &str {
    function.split_once("::").map_or(function, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::Counts;

    const PROGRAM: &str = "/p/bench";
    const FILE: &str = "\
events: Ir

ob=/p/bench
fl=a.rs
fn=kernel::wsk::event
0x10 1 100
cob=???
cfl=???
cfn=0x0000000000001000
calls=3 0x1000 0
0x14 2 5000

ob=???
fl=???
fn=0x0000000000001000
0x1000 0 40
0x1004 0 2
cob=/p/bench
cfn=0x0000000000000200
calls=6 0x200 0
0x1008 0 900
cob=/p/bench
cfn=kernel::cfg_dispatch
calls=2 0x300 0
0x100c 0 77
cfn=0x0000000000001100
calls=9 0x1100 0
0x1010 0 88

fn=0x0000000002001004
0x2001004 0 5

ob=/p/bench
fn=0x0000000000000200
0x200 0 12
cfn=kernel::note_deeper
calls=1 0x1 0
0x204 0 1
cfn=kernel::ke::KeSetEvent
calls=6 0x1 0
0x208 0 800

fn=kernel::cfg_dispatch
0x300 0 12
cfn=kernel::wsk::wsk_send'2
calls=2 0x1 0
0x304 0 60
cob=???
cfn=0x0000000000001200
calls=4 0x1200 0
0x308 0 8

ob=/lib/other
fn=0x0000000000001000
0x1000 0 999
";

    fn read() -> Counts {
        Counts::read(FILE, PROGRAM, &[0x1000, 0x200_1000])
    }

    #[test]
    fn only_own_costs_of_the_image_count_wherever_it_lies() {
        let found: Vec<_> = read().instructions.into_iter().collect();
        assert_eq!(found, [(0, 40), (4, 2 + 5)]);
    }

    #[test]
    fn calls_out_have_the_name_of_what_is_behind_the_exit_and_the_place_of_the_call() {
        let found: Vec<_> = read().out.into_iter().collect();
        let expected = [
            (("KeSetEvent".to_owned(), 8), 6),
            (("wsk_send".to_owned(), 0), 2),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn calls_in_are_those_of_the_kernel_and_not_of_the_guard() {
        let found: Vec<_> = read().into.into_iter().collect();
        assert_eq!(found, [("wsk::event".to_owned(), 3)]);
    }

    #[test]
    fn what_start_up_took_is_taken_away() {
        let mut more = read();
        more.instructions.insert(4, 17);
        let found: Vec<_> = more.less(&read()).instructions.into_iter().collect();
        assert_eq!(found, [(4, 10)]);
        assert!(more.less(&more).out.is_empty());
    }
}
