// An MQTT 5 broker for tests: mochi-mqtt with the options that tests need, on a listener of its own.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	cert := flag.String("tls-cert", "", "certificate of the broker; without it there is no TLS")
	key := flag.String("tls-key", "", "its key")
	clientCA := flag.String("client-ca", "", "authorities of client certificates, which are then required")
	rules := flag.String("rules", "", "JSON file with users, their passwords and topics; without it everybody may everything")
	maxPacket := flag.Uint("max-packet", 0, "largest packet in bytes; 0 for any")
	ownCodes := flag.Bool("own-codes", false, "acknowledge publications with the code that mochi-mqtt has for success")
	receiveMaximum := flag.Uint("receive-maximum", 1024, "publications of one client that wait for an answer at once")
	flag.Parse()

	capabilities := mqtt.NewDefaultServerCapabilities()
	capabilities.MaximumPacketSize = uint32(*maxPacket)
	capabilities.ReceiveMaximum = uint16(*receiveMaximum)
	server := mqtt.New(&mqtt.Options{Capabilities: capabilities})
	if err := server.AddHook(&correction{maxPacket: uint32(*maxPacket), ownCodes: *ownCodes}, nil); err != nil {
		return err
	}
	if err := addRules(server, *rules); err != nil {
		return err
	}
	tlsConfig, err := tlsOf(*cert, *key, *clientCA)
	if err != nil {
		return err
	}
	listener := listeners.NewTCP(listeners.Config{ID: "tcp", Address: *listen, TLSConfig: tlsConfig})
	if err := server.AddListener(listener); err != nil {
		return err
	}
	if err := server.Serve(); err != nil {
		return err
	}
	fmt.Println("ready on", listener.Address())

	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	<-end
	return server.Close()
}

// correction makes the packets of mochi-mqtt what MQTT 5 has: it does not announce the largest packet that it takes, and acknowledges
// publications with a code of subscriptions, which some clients refuse.
type correction struct {
	mqtt.HookBase
	maxPacket uint32
	ownCodes  bool
}

func (*correction) ID() string {
	return "correction"
}

func (*correction) Provides(event byte) bool {
	return event == mqtt.OnPacketEncode
}

func (c *correction) OnPacketEncode(_ *mqtt.Client, packet packets.Packet) packets.Packet {
	switch packet.FixedHeader.Type {
	case packets.Connack:
		packet.Properties.MaximumPacketSize = c.maxPacket
	case packets.Puback:
		if packet.ReasonCode == packets.CodeGrantedQos1.Code && !c.ownCodes {
			packet.ReasonCode = packets.CodeSuccess.Code
		}
	}
	return packet
}

func addRules(server *mqtt.Server, path string) error {
	if path == "" {
		return server.AddHook(new(auth.AllowHook), nil)
	}
	rules, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return server.AddHook(new(auth.Hook), &auth.Options{Data: rules})
}

func tlsOf(cert, key, clientCA string) (*tls.Config, error) {
	if cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if clientCA == "" {
		return config, nil
	}
	authorities, err := os.ReadFile(clientCA)
	if err != nil {
		return nil, err
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(authorities) {
		return nil, errors.New(clientCA + ": no certificate")
	}
	config.ClientAuth = tls.RequireAndVerifyClientCert
	return config, nil
}
