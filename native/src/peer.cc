#include "peer.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "control_channel.h"
#include "deliver.h"
#include "endpoint.h"
#include "launch.h"
#include "os/cpu.h"
#include "os/parent.h"
#include "relay.h"

namespace ipcbench {
namespace {

constexpr int controlFd = 3;
constexpr int mappingFd = 4;

enum Exit { exitFine = 0, exitFailed = 1, exitUsage = 2, exitHarnessGone = 3 };

PeerExit exitWith(int status, const char* sentence = "") {
  PeerExit exit{status};
  std::snprintf(exit.sentence, sizeof exit.sentence, "%s", sentence);
  return exit;
}

Result<Measured> runLoop(Endpoint& endpoint, const Launch& launch, Histogram& latency) {
  const Options& options = launch.options;
  if (options.workload.isMeasured()) return options.workload.run(endpoint, launch, latency);
  return options.role == options.sender ? sendChecked(endpoint, launch) : receiveChecked(endpoint, launch);
}

/** Two ends in one process would read back their own writes, and measure nothing. */
Status checkPartner(const SharedMapping& mapping, Role self) {
  const uint64_t partner = mapping.progressOf(partnerOf(self)).pid();
  if (partner != 0 && partner != static_cast<uint64_t>(::getpid())) return Nothing{};
  return Failure::ofSentence(partner == 0 ? "The barrier opened before the partner had started."
                                          : "The partner is this same process; a launch needs two.");
}

/** From ready to the end of the loop. */
Result<Measured> runLaunch(const Options& options, const SharedMapping& mapping, ControlChannel& control,
                           Histogram& latency) {
  const Progress progress = mapping.progressOf(options.role);
  if (options.cpu >= 0) {
    if (Status pinned = pinToCpu(options.cpu); !pinned) return pinned.failure();
  }
  progress.enter(Phase::opening);
  auto endpoint = openEndpoint(options.endpoint, progress);
  if (!endpoint) return endpoint.failure();
  // Of a relay's two ends, a is opened first; of a FIFO's, the spec says which.
  auto endpointB =
      options.role == Role::relay ? openEndpoint(options.endpointB, progress) : Result<Endpoint>(Endpoint(UniqueFd()));
  if (!endpointB) return endpointB.failure();
  auto payload = PayloadTemplate::create(options.seed, largestBytes(options));
  if (!payload) return payload.failure();
  const CostMeter meter;

  progress.enter(Phase::ready);
  control.ready();
  if (Status barrier = control.waitForGo("at the barrier"); !barrier) return barrier.failure();
  const Launch launch{options, mapping, progress, meter, *payload, control};
  if (options.role == Role::relay) return runRelay(*endpoint, *endpointB, launch);
  if (Status partner = checkPartner(mapping, options.role); !partner) return partner.failure();
  return runLoop(*endpoint, launch, latency);
}

}  // namespace

PeerExit runPeer(std::span<const char* const> arguments) {
  auto options = parseOptions(arguments);
  if (!options) return exitWith(exitUsage, options.failure().message);
  for (const char* spec : {options->endpoint, options->endpointB}) {
    if (spec == nullptr) continue;
    if (Status known = checkEndpointSpec(spec); !known) return exitWith(exitUsage, known.failure().message);
  }
  if (!dieWithParent(options->parent)) return exitWith(exitHarnessGone);
  // A partner that ends shows as EPIPE, with a line that says so.
  std::signal(SIGPIPE, SIG_IGN);

  ControlChannel control(controlFd);
  if (Status armed = control.endWithHarness(); !armed) return exitWith(exitFailed, armed.failure().message);
  auto mapping = SharedMapping::attach(mappingFd);
  if (!mapping) {
    control.error(mapping.failure(), Phase::starting);
    return exitWith(exitFailed);
  }
  const Progress progress = mapping->progressOf(options->role);
  progress.enter(Phase::starting);
  progress.pid(static_cast<uint64_t>(::getpid()));

  auto latency = Histogram::create();
  if (!latency) {
    control.error(latency.failure(), Phase::starting);
    return exitWith(exitFailed);
  }
  auto measured = runLaunch(*options, *mapping, control, *latency);
  if (!measured) {
    const Phase phase = progress.phase();
    mapping->enterAndWake(options->role, Phase::failed);
    if (measured.failure().isHarnessGone) return exitWith(exitHarnessGone);
    control.error(measured.failure(), phase);
    return exitWith(exitFailed);
  }
  mapping->enterAndWake(options->role, Phase::finished);
  control.result(*measured, options->verify);
  return exitWith(exitFine);
}

}  // namespace ipcbench
