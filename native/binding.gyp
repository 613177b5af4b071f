{
  "variables": { "development%": 0 },
  "target_defaults": {
    "defines": ["_GNU_SOURCE"],
    "cflags": ["-O3", "-Wall", "-Wextra", "-Werror", "-fPIC", "-fvisibility=hidden"],
    "cflags_cc": ["-std=c++20", "-fno-exceptions", "-fno-rtti"],
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
    "ldflags": ["-static-libstdc++", "-static-libgcc"]
  },
  "targets": [
    {
      "target_name": "ipcbench-core",
      "type": "static_library",
      "standalone_static_library": 1,
      "sources": [
        "<!@(node -p \"require('fs').readdirSync('src/workloads').filter((name) => name.endsWith('.cc')).map((name) => 'src/workloads/' + name).join(' ')\")",
        "src/control_channel.cc",
        "src/costs.cc",
        "src/cpu.cc",
        "src/crc32c_table.cc",
        "src/deliver.cc",
        "src/end_marked.cc",
        "src/endpoint.cc",
        "src/faulty_wire.cc",
        "src/history_log.cc",
        "src/inspector.cc",
        "src/json_line.cc",
        "src/message.cc",
        "src/options.cc",
        "src/parent.cc",
        "src/payload.cc",
        "src/peer.cc",
        "src/relay.cc",
        "src/result.cc",
        "src/shared_mapping.cc",
        "src/stream_cutter.cc",
        "src/transports/fifo.cc",
        "src/transports/pipe.cc",
        "src/transports/socketpair.cc",
        "src/transports/tcp.cc",
        "src/transports/unix_socket.cc",
        "src/wait_for_input.cc"
      ],
      "conditions": [
        ["target_arch=='x64'", { "sources": ["src/crc32c_x64.cc"] }],
        ["target_arch=='arm64'", { "sources": ["src/crc32c_arm64.cc"] }],
        ["target_arch!='x64' and target_arch!='arm64'", { "sources": ["src/crc32c_other.cc"] }]
      ]
    },
    {
      "target_name": "ipcbench-peer",
      "type": "executable",
      "product_extension": "",
      "dependencies": ["ipcbench-core"],
      "sources": ["src/main.cc"]
    },
    {
      "target_name": "ipcbench-launcher",
      "type": "executable",
      "product_extension": "",
      "dependencies": ["ipcbench-core"],
      "sources": ["src/launcher/launcher.cc", "src/launcher/main.cc", "src/launcher/request.cc", "src/launcher/start_process.cc"]
    },
    {
      "target_name": "ipcbench",
      "type": "loadable_module",
      "product_extension": "node",
      "cflags!": ["-O3"],
      "cflags": ["-O1"],
      "dependencies": ["ipcbench-core"],
      "sources": [
        "src/addon/addon.cc",
        "src/addon/arguments.cc",
        "src/addon/descriptors.cc",
        "src/addon/messages.cc",
        "src/addon/process.cc",
        "src/syscalls/address.cc",
        "src/syscalls/ancillary.cc",
        "src/syscalls/call.cc",
        "src/syscalls/caught_signal.cc",
        "src/syscalls/constants.cc",
        "src/syscalls/descriptors.cc",
        "src/syscalls/files.cc",
        "src/syscalls/incoming_message.cc",
        "src/syscalls/messages.cc",
        "src/syscalls/outgoing_message.cc",
        "src/syscalls/pieces.cc",
        "src/syscalls/processes.cc",
        "src/syscalls/program/board.cc",
        "src/syscalls/program/board_ring_ops.cc",
        "src/syscalls/program/control_ops.cc",
        "src/syscalls/program/descriptor_ops.cc",
        "src/syscalls/program/fork_program.cc",
        "src/syscalls/program/futex.cc",
        "src/syscalls/program/machine.cc",
        "src/syscalls/program/message_ops.cc",
        "src/syscalls/program/op_reader.cc",
        "src/syscalls/program/pattern.cc",
        "src/syscalls/program/pattern_ops.cc",
        "src/syscalls/program/process_ops.cc",
        "src/syscalls/program/program_calls.cc",
        "src/syscalls/program/running.cc",
        "src/syscalls/program/runs_ops.cc",
        "src/syscalls/program/signal_ops.cc",
        "src/syscalls/program/socket_ops.cc",
        "src/syscalls/program/stamped_ops.cc",
        "src/syscalls/program/thread_program.cc",
        "src/syscalls/program/transfer_ops.cc",
        "src/syscalls/queues.cc",
        "src/syscalls/readiness.cc",
        "src/syscalls/ring.cc",
        "src/syscalls/ring_calls.cc",
        "src/syscalls/signal_facts.cc",
        "src/syscalls/signal_timer.cc",
        "src/syscalls/signals.cc",
        "src/syscalls/socket_options.cc",
        "src/syscalls/sockets.cc",
        "src/syscalls/syscalls.cc"
      ],
      "include_dirs": [
        "<!(node -p \"require('node-api-headers').include_dir\")",
        "<!(node -p \"require('node-addon-api').include_dir\")"
      ],
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
        "IPCBENCH_VERSION=\"<!(node -p \"require('../package.json').version\")\""
      ]
    }
  ],
  "conditions": [
    ["development==1", {
      "targets": [
        {
          "target_name": "ipcbench-twin",
          "type": "executable",
          "product_extension": "",
          "sources": ["control/twin.cc"]
        },
        {
          "target_name": "ipcbench-tests",
          "type": "executable",
          "product_extension": "",
          "ldflags": ["-pthread"],
          "dependencies": ["ipcbench-core"],
          "sources": [
            "test/byte_io_test.cc",
            "test/crc32c_test.cc",
            "test/endpoint_test.cc",
            "test/faulty_wire_test.cc",
            "test/histogram_test.cc",
            "test/history_log_test.cc",
            "test/inspector_test.cc",
            "test/json_line_test.cc",
            "test/main.cc",
            "test/message_test.cc",
            "test/options_test.cc",
            "test/own_channel_test.cc",
            "test/payload_test.cc",
            "test/stream_cutter_test.cc"
          ]
        }
      ]
    }]
  ]
}
