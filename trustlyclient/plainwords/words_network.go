package plainwords

// networkWords are about AC codes: what the payment network said.
var networkWords = map[string]word{
	"AC100": {text: "The network has not answered yet.", action: Wait},
	"AC101": {text: "The network declined. The code does not say why."},
	"AC102": {text: "The network approved."},
	"AC103": {text: "There was an error on the network's side. The code does not say which."},
	"AC104": {text: "It was voided before it was processed.", action: NothingToDo},
	"AC105": {text: "It was sent through the network."},
	"AC106": {text: "The money was collected."},
	"AC107": {text: "It is approved and waits for a capture."},
	"AC108": {text: "It waits for an approval. The code does not say whose."},
	"AC109": {text: "It was stopped for now. The code does not say why or until when."},
	"AC110": {text: "The amount was handed to collections."},
	"AC111": {text: "The case is being looked into."},
	"AC112": {text: "The customer disputes it."},
	"AC113": {text: "The money could not be collected for lack of funds.", action: CustomerActs},
	"AC114": {text: "The account is closed or wrong.", action: CustomerActs},
	"AC115": {text: "It was returned. The code does not say why."},
	"AC116": {text: "The network gives no state."},
	"AC117": {text: "It timed out."},
	"AC118": {text: "The network reports it as settled."},
}
