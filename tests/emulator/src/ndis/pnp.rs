//! The thread on which protocols are bound and unbound, one after another.

use std::collections::VecDeque;
use std::sync::Arc;

use super::lower::Lower;
use super::protocol::{Binding, Protocol};
use crate::machine::Machine;
use crate::sched;
use crate::sync::{Condvar, Mutex};

enum Operation {
    Bind(Arc<Protocol>, Arc<dyn Lower>),
    Unbind(Arc<Binding>),
}

#[derive(Default)]
struct Inside {
    waiting: VecDeque<Operation>,
    is_busy: bool,
    is_started: bool,
}

/// What is to be bound and unbound.
#[derive(Default)]
pub(crate) struct Pnp {
    inside: Mutex<Inside>,
    changed: Condvar,
}

impl Pnp {
    pub(super) fn bind(
        &self,
        machine: &'static Machine,
        protocol: &Arc<Protocol>,
        to: &Arc<dyn Lower>,
    ) {
        self.ask(
            machine,
            Operation::Bind(Arc::clone(protocol), Arc::clone(to)),
        );
    }

    pub(super) fn unbind(&self, machine: &'static Machine, binding: &Arc<Binding>) {
        self.ask(machine, Operation::Unbind(Arc::clone(binding)));
    }

    fn ask(&self, machine: &'static Machine, operation: Operation) {
        let mut inside = self.inside.lock();
        inside.waiting.push_back(operation);
        let starts = !std::mem::replace(&mut inside.is_started, true);
        self.changed.notify_all();
        drop(inside);
        if starts {
            machine.spawn("ndis", move || machine.ndis.pnp.run(machine));
        }
    }

    fn run(&self, machine: &'static Machine) {
        while !machine.is_stopping() {
            let mut inside = self.inside.lock();
            let Some(next) = inside.waiting.pop_front() else {
                self.changed.wait_until(&mut inside, sched::look_again());
                continue;
            };
            inside.is_busy = true;
            drop(inside);
            match next {
                Operation::Bind(protocol, to) => protocol.bind(&to),
                Operation::Unbind(binding) => binding.unbind(),
            }
            self.inside.lock().is_busy = false;
            self.changed.notify_all();
        }
        self.changed.notify_all();
    }

    /// Waits until everything is bound and unbound that was to be.
    pub(super) fn settle(&self, machine: &Machine) {
        let mut inside = self.inside.lock();
        while (inside.is_busy || !inside.waiting.is_empty()) && !machine.is_stopping() {
            self.changed.wait_until(&mut inside, sched::look_again());
        }
    }

    pub(super) fn wake(&self) {
        self.changed.notify_all();
    }
}
