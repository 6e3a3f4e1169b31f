import TestSupport
import Testing

@testable import TenonKit

@Suite struct IPAddressTests {
    @Test("IPv6 is written as RFC 5952 does")
    func printing() {
        for (text, canonical) in [
            ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"), ("2001:DB8::AB", "2001:db8::ab"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("::", "::"),
            ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"), ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("fe80::1:0", "fe80::1:0"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ] {
            #expect(IPAddress(text)?.description == canonical, "\(text)")
        }
    }

    @Test("an IPv4 address inside an IPv6 one is the IPv4 address")
    func mapped() {
        for text in ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"] {
            #expect(IPAddress(text) == IPAddress("192.0.2.1"), "\(text)")
            #expect(IPAddress(text)?.isIPv4 == true)
        }
        #expect(IPAddress("::192.0.2.1")?.isIPv4 == false)
        #expect(IPAddress("::fffe:192.0.2.1")?.isIPv4 == false)
        #expect(IPAddress("::1:ffff:192.0.2.1")?.isIPv4 == false)
    }

    @Test("what is no address is none")
    func garbage() {
        for text in [
            "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.", ".1.2.3", "1..2.3",
            "1.2.3.4 ", "+1.2.3.4", "0x1.2.3.4", "1.2.3.-4", "1.2.3.٤", ":", ":::", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3", "12345::", "g::", ":1::2", "1::2:", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "fe80::1%eth0",
            "[::1]", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::+1", "::-1", "::1/64", "::ｆ",
        ] {
            #expect(IPAddress(text) == nil, "\(text)")
        }
    }

    @Test("what is printed reads back as the same address")
    func roundTrip() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<5000 {
            // Few distinct groups, so that runs of zeros happen.
            let groups = (0..<8).map { _ -> String in
                let group = random.next() % 3 == 0 ? random.next() & 0xFFFF : 0
                return String(group, radix: 16)
            }
            let address = IPAddress(groups.joined(separator: ":"))
            #expect(address != nil)
            guard let address else { continue }
            #expect(IPAddress(address.description) == address)
            #expect(IPAddress(address.description.uppercased()) == address)
            let four = IPAddress(ipv4: UInt32(truncatingIfNeeded: random.next()))
            #expect(IPAddress(four.description) == four)
        }
    }

    @Test("a network holds its addresses from the first to the last, and those of its kind alone")
    func networks() {
        for (network, inside, outside) in [
            (
                "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                ["9.255.255.255", "11.0.0.0", "::a00:0"]
            ),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::", "::1"]),
            ("::/0", ["::", "ffff::"], ["0.0.0.0", "::ffff:1.2.3.4"]), ("192.0.2.1", ["192.0.2.1"], ["192.0.2.0"]),
            ("192.0.2.0/31", ["192.0.2.0", "192.0.2.1"], ["192.0.2.2", "192.0.1.255"]),
            ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"], ["2001:db9::", "2001:db7::"]),
            ("fe80::/10", ["febf::1"], ["fec0::"]), ("::1/128", ["::1"], ["::", "::2", "0.0.0.1"]),
        ] {
            for address in inside {
                #expect(IPAddress(address).map { IPNetwork(network)?.contains($0) } == true, "\(network) \(address)")
            }
            for address in outside {
                #expect(IPAddress(address).map { IPNetwork(network)?.contains($0) } == false, "\(network) \(address)")
            }
        }
        #expect(IPNetwork("192.0.2.1")?.description == "192.0.2.1/32")
    }

    @Test("a network has a prefix that fits and nothing behind it")
    func malformedNetworks() {
        for text in [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "::/129", "::1/127", "10.0.0.0/-1", "10.0.0.0/+8",
            "10.0.0.0/8/8", "10.0.0.0/0008", "10.0.0.0/8 ", "10.0.0.0/255.0.0.0", "10/8", "localhost/8",
        ] {
            #expect(IPNetwork(text) == nil, "\(text)")
        }
    }
}
