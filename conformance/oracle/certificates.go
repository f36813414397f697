package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// missingSecrets are the certificates that listeners name and no manifest holds, as most do not: without one istiod
// makes no listener of it (pilot/pkg/config/kube/gateway/conversion.go, buildSecretReference).
func (all *objects) missingSecrets() []*corev1.Secret {
	held := map[string]bool{}
	for _, each := range all.kubernetes {
		if secret, ok := each.(*corev1.Secret); ok {
			held[secret.Namespace+"/"+secret.Name] = true
		}
	}
	var missing []*corev1.Secret
	for _, gateway := range all.kubernetesGateways {
		for _, listener := range gateway.Spec.Listeners {
			if listener.TLS == nil {
				continue
			}
			for _, reference := range listener.TLS.CertificateRefs {
				namespace := gateway.Namespace
				if reference.Namespace != nil {
					namespace = string(*reference.Namespace)
				}
				key := namespace + "/" + string(reference.Name)
				if held[key] || *reference.Kind != gatewayv1.Kind("Secret") {
					continue
				}
				held[key] = true
				missing = append(missing, &corev1.Secret{
					ObjectMeta: metav1.ObjectMeta{Name: string(reference.Name), Namespace: namespace},
					Type:       corev1.SecretTypeTLS,
					Data:       keyPair(),
				})
			}
		}
	}
	return missing
}

// keyPair is a certificate that istiod finds well-formed; nobody ever shakes hands with it.
var keyPair = sync.OnceValue(func() map[string][]byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		panic(err)
	}
	return map[string][]byte{
		corev1.TLSCertKey:       pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		corev1.TLSPrivateKeyKey: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}),
	}
})
